/** What `within` gives when the time was over first. */
export const late = Symbol('late');

/** Waits for work, at most so many milliseconds. */
export async function within<T>(work: Promise<T>, milliseconds: number): Promise<T | typeof late> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<typeof late>((resolve) => {
    timer = setTimeout(resolve, milliseconds, late);
  });
  return await Promise.race([work, limit]).finally(() => clearTimeout(timer));
}
