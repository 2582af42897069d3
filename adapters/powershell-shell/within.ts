/** True when the work ended before the signal, false when the signal came first. Throws what the work throws. */
export async function within(work: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const late = () => resolve(false);
  signal.addEventListener('abort', late, { once: true });
  if (signal.aborted) late();
  try {
    work.catch(() => {});
    return await Promise.race([work.then(() => true), promise]);
  } finally {
    signal.removeEventListener('abort', late);
  }
}
