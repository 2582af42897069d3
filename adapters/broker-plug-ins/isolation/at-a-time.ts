/** Runs at most `most` pieces of work at the same time; at most `queued` wait for their turn, and more are refused. */
export function atATime(most: number, queued: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) {
      if (waiting.length >= queued) throw new Error(`${queued} requests wait already: ask less at the same time`);
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
