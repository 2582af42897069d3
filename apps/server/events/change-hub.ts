import type { Change, DatabaseHandle } from '@atelier/adapters/postgres';
import type { Logger } from 'pino';
import type { Changes } from '../services.ts';

/** One stream of changes from the database, given to everybody in this process who listens. */
export function changeHub(
  database: DatabaseHandle,
  log: Logger,
  signal: AbortSignal,
): Changes & { done: Promise<void> } {
  const listeners = new Set<(change: Change) => void>();
  const run = async () => {
    for await (const change of database.listenChanges(signal)) {
      for (const listener of listeners) {
        try {
          listener(change);
        } catch (error) {
          log.error({ err: error, change: change.kind }, 'a listener of changes failed');
        }
      }
    }
  };
  const done = run().catch((error: unknown) => {
    if (!signal.aborted) log.error({ err: error }, 'the stream of changes ended');
  });
  return {
    done,
    subscribe(listener, until) {
      if (until.aborted) return;
      listeners.add(listener);
      until.addEventListener('abort', () => listeners.delete(listener), { once: true });
    },
  };
}
