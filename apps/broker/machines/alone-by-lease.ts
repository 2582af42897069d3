import { setTimeout as pause } from 'node:timers/promises';
import type { SessionDirectory } from '@atelier/adapters/session-directory';

const leaseMs = 30_000;
const againMs = 500;

/**
 * Runs work while nobody else runs work of the same name, by a lease in the database; waits until its turn comes. Work whose lease is lost is told so by
 * its signal.
 */
export const aloneByLease =
  (directory: Pick<SessionDirectory, 'lease'>, place: string) =>
  async <Result>(
    name: string,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> => {
    for (;;) {
      signal.throwIfAborted();
      const lease = await directory.lease(`${place}/${name}`, leaseMs);
      if (lease)
        try {
          return await work(AbortSignal.any([signal, lease.signal]));
        } finally {
          await lease.release().catch(() => undefined);
        }
      await pause(againMs, undefined, { signal });
    }
  };
