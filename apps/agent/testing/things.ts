import { type CimClass, type CimInstance, type CimProperty, dateTimeOf } from '@atelier/cim';
import type { CimProvider } from '@atelier/plugin-kit';

/** How many instances each class has: `Test_Twenty`, `Test_Thousand`, `Test_TenThousand`. */
export const thingCounts = { Test_Twenty: 20, Test_Thousand: 1000, Test_TenThousand: 10_000 } as const;

const words = (text: string) => text.split(' ');
const properties: readonly CimProperty[] = [
  { name: 'Name', type: 'string', key: true },
  ...words(
    'Caption Description DisplayName ErrorControl PathName ServiceType StartMode StartName State Status SystemName',
  ).map((name) => ({ name, type: 'string' }) as const),
  ...words('CheckPoint ExitCode ProcessId ServiceSpecificExitCode TagId WaitHint').map(
    (name) => ({ name, type: 'uint32' }) as const,
  ),
  ...words('AcceptPause AcceptStop DelayedAutoStart DesktopInteract Started').map(
    (name) => ({ name, type: 'boolean' }) as const,
  ),
  { name: 'InstallDate', type: 'datetime' },
  { name: 'Dependencies', type: 'string', array: true },
];

const born = dateTimeOf(Date.UTC(2026, 0, 2, 3, 4, 5));

function thing(className: string, number: number): CimInstance {
  const name = `thing${number}`;
  return {
    kind: 'instance',
    className,
    values: {
      Name: name,
      Caption: `Thing ${number} <${className}> & company`,
      Description: `What number ${number} is for, told in one sentence of usual length`,
      DisplayName: `Thing ${number}`,
      ErrorControl: 'Normal',
      PathName: `/usr/libexec/things/${name} --quiet`,
      ServiceType: 'Own Process',
      StartMode: 'Auto',
      StartName: 'root',
      State: 'Running',
      Status: 'OK',
      SystemName: 'atelier',
      CheckPoint: 0,
      ExitCode: 0,
      ProcessId: 1000 + number,
      ServiceSpecificExitCode: 0,
      TagId: 0,
      WaitHint: 0,
      AcceptPause: false,
      AcceptStop: true,
      DelayedAutoStart: false,
      DesktopInteract: false,
      Started: true,
      InstallDate: born,
      Dependencies: ['network', 'time'],
    },
  };
}

/** Classes of 25 properties, as large as a service, with as many instances as `thingCounts` says: to page through and to measure with. */
export function things(): CimProvider {
  const names = Object.keys(thingCounts) as (keyof typeof thingCounts)[];
  const classes: readonly CimClass[] = names.map((name) => ({ name, properties }));
  return {
    name: 'Things',
    namespace: 'root/cimv2',
    classes,
    sources: Object.fromEntries(
      names.map((className) => [
        className,
        {
          list: function* () {
            for (let n = 0; n < thingCounts[className]; n++) yield thing(className, n);
          },
          get: async (keys) => {
            const number = Number(/^thing(\d+)$/.exec(String(keys.Name))?.[1] ?? Number.NaN);
            return number < thingCounts[className] ? thing(className, number) : null;
          },
        },
      ]),
    ),
  };
}
