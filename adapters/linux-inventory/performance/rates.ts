import { setTimeout as wait } from 'node:timers/promises';

/** Counters of several things at a moment: name → counters. */
export type Counters = ReadonlyMap<string, readonly number[]>;

/** Counters now, and their growth per second since the last look. */
export interface Rates {
  readonly now: Counters;
  rate(name: string, index: number): number;
}

/** Makes rates of counters that only grow. Remembers the last look; the first, or one too soon, takes 100 ms. */
export function createRateMeter(read: () => Promise<Counters>): () => Promise<Rates> {
  let last: { readonly at: number; readonly counters: Counters } | null = null;
  return async () => {
    let before = last;
    if (!before || performance.now() - before.at > 60_000) {
      before = { at: performance.now(), counters: await read() };
      await wait(100);
    } else if (performance.now() - before.at < 100) await wait(100);
    const now = await read();
    const at = performance.now();
    last = { at, counters: now };
    const seconds = (at - before.at) / 1000;
    return {
      now,
      rate: (name, index) => {
        const growth = (now.get(name)?.[index] ?? 0) - (before.counters.get(name)?.[index] ?? 0);
        return Math.max(0, Math.round(growth / seconds));
      },
    };
  };
}
