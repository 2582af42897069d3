import type { CimProvider } from '@atelier/plugin-kit';
import { accountFamily } from './accounts/accounts.ts';
import { superclasses } from './cim-superclasses.ts';
import { eventLogFamily } from './event-log/nt-log-event.ts';
import type { LinuxHost } from './linux-host.ts';
import { networkFamily } from './network/network.ts';
import { performanceFamily } from './performance/performance.ts';
import { processFamily } from './processes/process.ts';
import { serviceFamily } from './services/service.ts';
import { settingsFamily } from './settings/settings.ts';
import { softwareFamily } from './software/software.ts';
import { storageFamily } from './storage/storage.ts';
import { computerSystemFamily } from './system/computer-system.ts';
import { operatingSystemFamily } from './system/operating-system.ts';
import { physicalMemoryFamily } from './system/physical-memory.ts';
import { processorFamily } from './system/processor.ts';

const families = [
  operatingSystemFamily,
  computerSystemFamily,
  processorFamily,
  physicalMemoryFamily,
  processFamily,
  serviceFamily,
  storageFamily,
  networkFamily,
  accountFamily,
  softwareFamily,
  eventLogFamily,
  settingsFamily,
  performanceFamily,
];

/** `root/cimv2` of a Linux machine: the classes that tools for Windows ask for, with Windows' units and numbers. */
export function createLinuxInventory(host: LinuxHost): CimProvider {
  const made = families.map((family) => family(host));
  return {
    name: 'Linux inventory',
    namespace: 'root/cimv2',
    classes: [...superclasses, ...made.flatMap((one) => one.classes)],
    sources: Object.assign({}, ...made.map((one) => one.sources)) as CimProvider['sources'],
  };
}
