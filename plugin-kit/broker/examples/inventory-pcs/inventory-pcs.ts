// Physical computers from a list, for those who have one: the file of the setting `file`, such as a spreadsheet saved as CSV.
//   Machines: "make" adds computers of the list to a collection as targets, "patch" brings them to what the list says now, "delete" takes them away.
//   Tasks: each night from `from` (the broker's clock), for `hours`, each computer is woken and must answer within `seconds`. One that does not is put
//   into drain, and out of it on the first night that it answers again. At most `atOnce` are woken at the same time.
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrokerPlugin, Provider } from '@atelier/plugin-kit/broker';
import { checkNightly } from './check-nightly.ts';
import { keepMachines } from './keep-machines.ts';

export function createPlugin(settings: Provider['settings']): BrokerPlugin {
  const said = String(settings.file ?? 'pcs.csv');
  const file = isAbsolute(said) ? said : fileURLToPath(new URL(said, import.meta.url));
  let provider: Provider;
  const broker = (): Provider => provider;
  return {
    name: 'inventory-pcs',
    initialize(given) {
      provider = given;
    },
    ...keepMachines(broker, file),
    ...checkNightly(broker, {
      from: String(settings.from ?? '02:00'),
      hours: Number(settings.hours ?? 4),
      seconds: Number(settings.seconds ?? 180),
      atOnce: Number(settings.atOnce ?? 8),
    }),
  };
}
