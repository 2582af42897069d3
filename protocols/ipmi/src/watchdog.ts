import { atLeast } from './bytes.ts';
import type { IpmiCommand } from './lan-message.ts';

/** What the watchdog does when nobody feeds it (IPMI 2.0 §27.6). */
export const watchdogActions = { none: 0, reset: 1, off: 2, cycle: 3 } as const;
export type WatchdogAction = keyof typeof watchdogActions;

export interface Watchdog {
  readonly running: boolean;
  readonly action: WatchdogAction;
  /** Seconds, in steps of a tenth. */
  readonly timeout: number;
  readonly left: number;
}

const app = 0x06;
const operatingSystem = 0x04;

export const getWatchdog: IpmiCommand = { netFn: app, command: 0x25, data: new Uint8Array() };
export const feedWatchdog: IpmiCommand = { netFn: app, command: 0x22, data: new Uint8Array() };

/** Set Watchdog Timer: it stands still until it is fed for the first time. `timeout` is in seconds, up to 6,553. */
export function setWatchdog(action: WatchdogAction, timeout: number): IpmiCommand {
  const data = Buffer.from([operatingSystem, watchdogActions[action], 0, 1 << operatingSystem, 0, 0]);
  data.writeUInt16LE(Math.round(timeout * 10), 4);
  return { netFn: app, command: 0x24, data };
}

export function readWatchdog(data: Uint8Array): Watchdog {
  // Some controllers leave the countdowns out while nobody has set the timer.
  const bytes = Buffer.concat([atLeast(data, 6, 'Get Watchdog Timer'), Buffer.alloc(2)]);
  const actions = Object.keys(watchdogActions) as WatchdogAction[];
  return {
    running: (bytes[0]! & 0x40) !== 0,
    action: actions[bytes[1]! & 0x07] ?? 'none',
    timeout: bytes.readUInt16LE(4) / 10,
    left: bytes.readUInt16LE(6) / 10,
  };
}
