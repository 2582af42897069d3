import { atLeast } from './bytes.ts';
import type { IpmiCommand } from './lan-message.ts';

/** What Chassis Control can do (IPMI 2.0 §28.3), with its number. */
export const powerActions = { off: 0, on: 1, cycle: 2, reset: 3, diagnostic: 4, shutdown: 5 } as const;
export type PowerAction = keyof typeof powerActions;

/** How the machine stands (§28.2). */
export interface ChassisStatus {
  readonly power: 'on' | 'off';
  readonly powerFault: boolean;
  readonly overload: boolean;
  readonly intrusion: boolean;
  readonly driveFault: boolean;
  readonly coolingFault: boolean;
  /** What happens when the mains come back. */
  readonly restorePolicy: 'off' | 'previous' | 'on' | 'unknown';
  readonly identifying: boolean | null;
}

const chassis = 0x00;
const policies = ['off', 'previous', 'on', 'unknown'] as const;

export const getChassisStatus: IpmiCommand = { netFn: chassis, command: 0x01, data: new Uint8Array() };

export function readChassisStatus(data: Uint8Array): ChassisStatus {
  const bytes = atLeast(data, 3, 'Get Chassis Status');
  const state = bytes[2]!;
  return {
    power: bytes[0]! & 1 ? 'on' : 'off',
    overload: (bytes[0]! & 0x02) !== 0,
    powerFault: (bytes[0]! & 0x18) !== 0,
    restorePolicy: policies[(bytes[0]! >> 5) & 3]!,
    intrusion: (state & 0x01) !== 0,
    driveFault: (state & 0x04) !== 0,
    coolingFault: (state & 0x08) !== 0,
    identifying: state & 0x40 ? (state & 0x30) !== 0 : null,
  };
}

export const chassisControl = (action: PowerAction): IpmiCommand => ({
  netFn: chassis,
  command: 0x02,
  data: Uint8Array.of(powerActions[action]),
});

/** Chassis Identify (§28.5): blinks for `seconds` (0–255); 0 ends it, `forever` does not end by itself. */
export const chassisIdentify = (seconds: number | 'forever'): IpmiCommand => ({
  netFn: chassis,
  command: 0x04,
  data: seconds === 'forever' ? Uint8Array.of(0, 1) : Uint8Array.of(seconds),
});

/** Where the machine starts from (§28.12, parameter 5), with its number. */
export const bootDevices = { default: 0, network: 1, disk: 2, cdrom: 5, setup: 6 } as const;
export type BootDevice = keyof typeof bootDevices;

/** What was asked for the next start, or for all. */
export interface BootOrder {
  readonly device: BootDevice;
  readonly persistent: boolean;
  readonly uefi: boolean;
}

/** The commands that set a boot device: first the flags are marked ours, then they are written. */
export const setBootOrder = (order: BootOrder): readonly IpmiCommand[] => [
  { netFn: chassis, command: 0x08, data: Uint8Array.of(0x04, 0x01, 0x01) },
  {
    netFn: chassis,
    command: 0x08,
    data: Uint8Array.of(
      0x05,
      0x80 | (order.persistent ? 0x40 : 0) | (order.uefi ? 0x20 : 0),
      bootDevices[order.device] << 2,
      0,
      0,
      0,
    ),
  },
];

export const getBootOrder: IpmiCommand = { netFn: chassis, command: 0x09, data: Uint8Array.of(0x05, 0, 0) };

/** Reads the boot flags; null when none are set, or a device is asked for that has no name here. */
export function readBootOrder(data: Uint8Array): BootOrder | null {
  const bytes = atLeast(data, 4, 'Get System Boot Options');
  if (!(bytes[2]! & 0x80)) return null;
  const number = (bytes[3]! >> 2) & 0x0f;
  const device = (Object.keys(bootDevices) as BootDevice[]).find((name) => bootDevices[name] === number);
  return device ? { device, persistent: (bytes[2]! & 0x40) !== 0, uefi: (bytes[2]! & 0x20) !== 0 } : null;
}
