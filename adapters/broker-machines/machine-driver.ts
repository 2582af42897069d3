import type { TargetEndpoint } from '@atelier/domain/broker';
import type { Finding } from './finding.ts';
import type { Machine } from './machine.ts';

export type StopReason = 'cancel' | 'off' | 'hard';
export type Power = 'on' | 'off' | 'unknown';

/** Switches the machines of one environment. Every method may be called again after it was done, and by another broker. */
export interface MachineDriver {
  /** False: only a broker on another machine can switch these. */
  readonly here: boolean;
  power(machine: Machine, signal: AbortSignal): Promise<Power>;
  /** Resolves when the command was taken, not when the machine answers. */
  start(machine: Machine, signal: AbortSignal): Promise<void>;
  /** Asked once more while a start lasts, for what may get lost. */
  again?(machine: Machine, signal: AbortSignal): Promise<void>;
  /** `cancel`: a start that nobody waits for any more. `off`: it is free, and not needed: in order. `hard`: at once, somebody wants it so. */
  stop(machine: Machine, why: StopReason, signal: AbortSignal): Promise<void>;
  /** Where a machine that was started listens, when the driver knows better than the target. */
  endpoints?(machine: Machine, signal: AbortSignal): Promise<readonly TargetEndpoint[]>;
  /** Ends a machine that this driver made, and throws its disk away. Others have none of it. */
  discard?(machine: Pick<Machine, 'id'>, signal: AbortSignal): Promise<void>;
  /** Looks whether machines could be switched from here, as far as that is seen without one; switches none. */
  check(signal: AbortSignal): Promise<readonly Finding[]>;
  /** Ids of machines whose disks are here. */
  made?(): Promise<readonly string[]>;
  /** Shuts down one of them that runs; false: it does not. */
  stopMade?(id: string, signal: AbortSignal): Promise<boolean>;
}
