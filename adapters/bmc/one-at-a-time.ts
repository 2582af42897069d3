const longestQueue = 64;

/** Runs what it is given one after the other, in order; refuses more than 64 waiting. */
export function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return <T>(work: () => Promise<T>): Promise<T> => {
    if (waiting >= longestQueue)
      return Promise.reject(new Error('too many commands wait for the management controller'));
    waiting += 1;
    const result = last.then(work).finally(() => {
      waiting -= 1;
    });
    last = result.catch(() => undefined);
    return result;
  };
}
