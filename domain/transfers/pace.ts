import { scheduleAt } from './schedule.ts';
import type { TransferPolicy } from './transfer-policy.ts';

/** A moment: milliseconds since 1970, and minutes of the week in the endpoint's time zone (0: Monday 00:00). */
export interface Clock {
  readonly at: number;
  readonly weekMinute: number;
}

/** How the computer stands. `metered` is null where nobody knows. */
export interface Conditions {
  readonly clock: Clock;
  readonly battery: boolean;
  readonly metered: boolean | null;
}

/** Who wants a transfer: a person who waits for it, or the policy that can wait. */
export interface Wish {
  readonly asked: 'person' | 'policy';
  /** When, in milliseconds since 1970. */
  readonly askedAt: number;
  /** The workspace's own limit; 0: none. */
  readonly bandwidthKiBps: number;
}

/** What the person at the computer said of all transfers. */
export interface Hold {
  /** Transfers that were asked for before this moment wait; null: nobody paused. */
  readonly pausedAt: number | null;
  /** "Now anyway": nothing but the limits of policy and workspace counts. */
  readonly anyway: boolean;
}

/** Whether a transfer may go on, and how. */
export type Pace =
  | { readonly state: 'go'; readonly bandwidthKiBps: number; readonly background: boolean }
  | {
      readonly state: 'wait';
      readonly because: 'person' | 'schedule' | 'battery' | 'metered';
      /** Milliseconds since 1970 when the schedule is asked again; null: nobody knows. */
      readonly until: number | null;
    };

/**
 * Whether a transfer may go on now. What a person asked for overrides schedule, battery and metered link, as does "now
 * anyway"; limits of policy and workspace hold always.
 */
export function paceOf(policy: TransferPolicy, { clock, battery, metered }: Conditions, wish: Wish, hold: Hold): Pace {
  const held = hold.pausedAt !== null && wish.askedAt <= hold.pausedAt;
  if (held && !hold.anyway) return { state: 'wait', because: 'person', until: null };
  const urgent = wish.asked === 'person' || hold.anyway;
  const own = limitOf(policy.bandwidthKiBps, wish.bandwidthKiBps);
  if (urgent) return { state: 'go', bandwidthKiBps: own, background: false };
  const now = scheduleAt(policy.windows, clock.weekMinute);
  if (now.pause)
    return {
      state: 'wait',
      because: 'schedule',
      until: now.changesIn === null ? null : clock.at - (clock.at % 60_000) + now.changesIn * 60_000,
    };
  if (battery && policy.onBattery === 'pause') return { state: 'wait', because: 'battery', until: null };
  if (policy.onMetered === 'pause' && isMetered(policy, metered))
    return { state: 'wait', because: 'metered', until: null };
  return {
    state: 'go',
    bandwidthKiBps: limitOf(own, now.bandwidthKiBps),
    background: policy.priority === 'background',
  };
}

/** The smallest of some limits, of which 0 means none. */
export function limitOf(...limits: readonly number[]): number {
  const real = limits.filter((one) => one > 0);
  return real.length === 0 ? 0 : Math.min(...real);
}

const isMetered = (policy: TransferPolicy, found: boolean | null): boolean =>
  policy.metered === 'detect' ? found === true : policy.metered === 'yes';
