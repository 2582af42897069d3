import { setTimeout as pause } from 'node:timers/promises';

/** How asked-for work is put together. */
export interface GatheredOptions<Item> {
  /** Two of the same key are never together, so that one sees what became of the other. Default: no two are the same. */
  readonly keyOf?: (item: Item) => string;
  /** Items that are done together at most. */
  readonly most: number;
  /**
   * Milliseconds. In a crowd, work waits as long as the last one took, up to this, for more to come: statements then cost the database a fraction for each.
   * Whoever asks alone never waits. Default 0.
   */
  readonly crowdMs?: number;
  /** Milliseconds for which all work waits for more of it: for what nobody waits for. Default 0. */
  readonly alwaysMs?: number;
  /** Items that wait at most; what is asked for beyond that is rejected. Default: no bound. */
  readonly longestQueue?: number;
}

/**
 * Does the work of many at once: what is asked for while earlier work runs is gathered and then done together. Nothing waits when nothing runs, unless the
 * options say so. When work for several fails, it is done for each alone, so that nobody fails for another one.
 *
 * @param work results in the order of its items
 */
export function gathered<Item, Result>(
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
  { keyOf, most, crowdMs = 0, alwaysMs = 0, longestQueue = Number.POSITIVE_INFINITY }: GatheredOptions<Item>,
): (item: Item) => Promise<Result> {
  interface Asked {
    readonly item: Item;
    readonly resolve: (result: Result) => void;
    readonly reject: (error: unknown) => void;
  }
  let waiting: Asked[] = [];
  let running = false;
  let last = { crowd: false, tookMs: 0, endedAt: 0 };

  const next = (): readonly Asked[] => {
    if (!keyOf) return waiting.splice(0, most);
    const keys = new Set<string>();
    const later: Asked[] = [];
    const now = waiting.filter((one) => {
      const key = keyOf(one.item);
      const goes = keys.size < most && !keys.has(key);
      if (goes) keys.add(key);
      else later.push(one);
      return goes;
    });
    waiting = later;
    return now;
  };
  /** Whether some of those who wait could be done together. */
  const crowded = (): boolean => {
    const [first, ...others] = waiting;
    if (!first || !keyOf) return others.length > 0;
    return others.some(({ item }) => keyOf(item) !== keyOf(first.item));
  };
  const patienceMs = (): number => {
    if (waiting.length >= most) return 0;
    if (alwaysMs > 0) return alwaysMs;
    return last.crowd ? Math.min(last.tookMs, crowdMs) - (performance.now() - last.endedAt) : 0;
  };
  const alone = async (item: Item): Promise<Result> => (await work([item]))[0]!;
  const run = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      const patience = patienceMs();
      if (patience > 0) await pause(Math.ceil(patience));
      const begunAt = performance.now();
      const now = next();
      try {
        const results = await work(now.map(({ item }) => item));
        for (const [n, { resolve }] of now.entries()) resolve(results[n]!);
      } catch (error) {
        if (now.length === 1) now[0]!.reject(error);
        else for (const { item, resolve, reject } of now) await alone(item).then(resolve, reject);
      }
      const endedAt = performance.now();
      last = { crowd: now.length > 1 || crowded(), tookMs: endedAt - begunAt, endedAt };
    }
    running = false;
  };
  return (item) =>
    new Promise((resolve, reject) => {
      if (waiting.length >= longestQueue) {
        reject(new Error(`${waiting.length} wait for the database already`));
        return;
      }
      waiting.push({ item, resolve, reject });
      if (!running) void run();
    });
}
