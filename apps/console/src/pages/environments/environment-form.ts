import { type EnvironmentDriver, type EnvironmentView, isEnvironmentDriver } from '@atelier/api';
import { formatProperties, parseProperties } from '../../components/properties.ts';

/** One setting of a driver, as its field shows it. */
export interface DriverField {
  readonly name: string;
  readonly kind: 'text' | 'count' | 'choice' | 'switch';
  readonly choices?: readonly string[];
  readonly required?: boolean;
  readonly example?: string;
}

/** The settings that each driver has. */
export const driverFields: Readonly<Record<EnvironmentDriver, readonly DriverField[]>> = {
  qemu: [
    { name: 'accelerator', kind: 'choice', choices: ['best', 'kvm', 'tcg'] },
    { name: 'machine', kind: 'text' },
    { name: 'address', kind: 'text', example: '127.0.0.1' },
  ],
  libvirt: [
    { name: 'uri', kind: 'text', required: true, example: 'qemu+ssh://broker@kvm1.example.org/system' },
    { name: 'timeoutSeconds', kind: 'count', example: '30' },
  ],
  ipmi: [
    { name: 'user', kind: 'text', required: true },
    { name: 'passwordFile', kind: 'text' },
    { name: 'port', kind: 'count', example: '623' },
  ],
  'wake-on-lan': [
    { name: 'broadcast', kind: 'text', example: '10.2.255.255' },
    { name: 'port', kind: 'count', example: '9' },
  ],
  command: [
    { name: 'program', kind: 'text', required: true, example: '/usr/local/bin/switch' },
    { name: 'timeoutSeconds', kind: 'count', example: '60' },
    { name: 'tellsEndpoints', kind: 'switch' },
  ],
};

/** What the form of an environment holds. Settings of a plug-in’s driver are lines of NAME=VALUE. */
export interface EnvironmentForm extends Record<string, unknown> {
  readonly name: string;
  readonly driver: string;
  readonly serverWeight: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly lines: string;
  readonly properties: string;
}

export const emptyEnvironment: EnvironmentForm = {
  name: '',
  driver: 'qemu',
  serverWeight: 100,
  settings: {},
  lines: '',
  properties: '',
};

/** An environment as its form shows it. */
export const formOf = (one: EnvironmentView): EnvironmentForm => ({
  name: one.name,
  driver: one.driver,
  serverWeight: one.serverWeight,
  settings: isEnvironmentDriver(one.driver) ? one.settings : {},
  lines: isEnvironmentDriver(one.driver)
    ? ''
    : formatProperties(one.settings as Parameters<typeof formatProperties>[0]),
  properties: formatProperties(one.properties),
});

/** What the form says, as the contract has it; or the field that cannot be read, with its text. */
export function bodyOf({ driver, serverWeight, settings, lines, properties }: EnvironmentForm) {
  const read = parseProperties(properties);
  if ('wrong' in read) return { wrong: 'properties', text: read.wrong } as const;
  if (!isEnvironmentDriver(driver)) {
    const own = parseProperties(lines);
    if ('wrong' in own) return { wrong: 'lines', text: own.wrong } as const;
    return { body: { driver, serverWeight, settings: own.properties, properties: read.properties } };
  }
  // An empty field means the usual; what another driver had is none of this one's.
  const given = driverFields[driver].flatMap(({ name }) => {
    const value = settings[name];
    return value === undefined || value === '' || value === null ? [] : [[name, value] as const];
  });
  return { body: { driver, serverWeight, settings: Object.fromEntries(given), properties: read.properties } };
}
export type EnvironmentBody = Extract<ReturnType<typeof bodyOf>, { body: unknown }>['body'];
