/**
 * Does the work of many at once: what is asked for while earlier work runs is gathered and then done together, at most `most` at a time. Nothing waits
 * when nothing runs. Two of the same key are never together, so that one sees what became of the other. When work for several fails, it is done for each
 * alone, so that nobody fails for another one.
 *
 * @param work results in the order of its items
 */
export function gathered<Item, Result>(
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
  keyOf: (item: Item) => string,
  most: number,
): (item: Item) => Promise<Result> {
  interface Asked {
    readonly item: Item;
    readonly resolve: (result: Result) => void;
    readonly reject: (error: unknown) => void;
  }
  let waiting: Asked[] = [];
  let running = false;

  const next = (): readonly Asked[] => {
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
  const alone = async (item: Item): Promise<Result> => (await work([item]))[0]!;
  const run = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      const now = next();
      try {
        const results = await work(now.map(({ item }) => item));
        for (const [n, { resolve }] of now.entries()) resolve(results[n]!);
      } catch (error) {
        if (now.length === 1) now[0]!.reject(error);
        else for (const { item, resolve, reject } of now) await alone(item).then(resolve, reject);
      }
    }
    running = false;
  };
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!running) void run();
    });
}
