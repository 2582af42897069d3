import type { CaseName } from './peer.ts';

/** What issue 3 asks of Trim Transfer: at most `floor` to be acceptable, `goal` to be what is wanted. */
export type Bound = { readonly floor: number; readonly goal: number };

/** Wire bytes in MB (10^6), index and every other file included. */
export const wireBounds: Readonly<Record<CaseName, Bound>> = {
  'empty→v1': { floor: 720, goal: 690 },
  'v1→v2': { floor: 300, goal: 185 },
  'v2→v3': { floor: 20, goal: 8 },
  'usr→v1': { floor: 500, goal: 440 },
};
/** Wall time by the best peer's. */
export const wallBound: Bound = { floor: 1, goal: 0.6 };
export const requestBound: Bound = { floor: 700, goal: 200 };
export const peakBound: Bound = { floor: 400, goal: 200 };
/** Time of an update to a version that is there, by the time of hashing the disk once. */
export const presentBound: Bound = { floor: 3, goal: 1.3 };
/** MB of disk per CPU second; here more is better. */
export const packBound: Bound = { floor: 60, goal: 150 };

/** How a value stands to its bound, in a word. */
export function verdict(value: number, { floor, goal }: Bound): 'goal' | 'floor' | 'missed' {
  const sign = goal < floor ? 1 : -1;
  if (value * sign <= goal * sign) return 'goal';
  return value * sign <= floor * sign ? 'floor' : 'missed';
}
