/** What `work` gives if it does so within the time, else undefined. Leaves no timer behind. Throws the signal's reason. */
export async function within<T>(work: Promise<T>, timeMs: number, signal?: AbortSignal): Promise<T | undefined> {
  signal?.throwIfAborted();
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const end = new Promise<undefined>((resolve, reject) => {
    timer = setTimeout(() => resolve(undefined), timeMs);
    onAbort = () => reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, end]);
  } finally {
    clearTimeout(timer);
    if (onAbort) signal?.removeEventListener('abort', onAbort);
  }
}
