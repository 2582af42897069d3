import type { OperationContext } from '../src/operation-context.ts';

/** What a provider under trial is told of who asks: nobody who may do anything. */
export const trialContext = (signal: AbortSignal): OperationContext => ({
  user: { name: 'conformance', account: null, administrator: false },
  clientAddress: '127.0.0.1',
  signal,
  deadline: Date.now() + 60_000,
  locales: ['en-US'],
  options: [],
  activityId: 'conformance',
});

export const late: unique symbol = Symbol('late');

/** The work's outcome, or `late` when it takes longer. */
export function within<T>(work: Promise<T>, milliseconds: number): Promise<T | typeof late> {
  let timer: NodeJS.Timeout;
  const limit = new Promise<typeof late>((resolve) => {
    timer = setTimeout(() => resolve(late), milliseconds);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}
