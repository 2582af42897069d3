/** Runs `work` over items, `ahead` of them at a time, and yields the results in the order of the items. */
export async function* inOrder<T, R>(
  items: readonly T[],
  ahead: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  let next = 0;
  try {
    while (next < items.length || running.length > 0) {
      while (next < items.length && running.length < ahead) {
        const one = work(items[next++] as T);
        one.catch(() => undefined);
        running.push(one);
      }
      yield await (running.shift() as Promise<R>);
    }
  } finally {
    await Promise.allSettled(running);
  }
}
