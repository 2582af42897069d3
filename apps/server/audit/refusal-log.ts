import type { DatabaseHandle } from '@atelier/adapters/postgres';
import type { Logger } from 'pino';
import type { AuditLog } from '../services.ts';
import { type CountedRefusal, type Refusal, RefusalCounter } from './refusals.ts';

const lookEveryMs = 15_000;

/** Writes what people were refused into the audit log, in the background: nobody waits for it. `stop` writes what was counted and waits for all. */
export function refusalLog(
  database: Pick<DatabaseHandle, 'withTransaction'>,
  audit: AuditLog,
  log: Logger,
): { readonly note: (refusal: Refusal) => void; readonly stop: () => Promise<void> } {
  const counter = new RefusalCounter();
  let writing: Promise<void> = Promise.resolve();
  const keep = (refusals: readonly CountedRefusal[]) => {
    if (refusals.length === 0) return;
    writing = writing
      .then(() =>
        database.withTransaction(async (trx) => {
          for (const { actor, action, permission, correlationId, times } of refusals)
            await audit.append(
              trx,
              { actor, correlationId },
              {
                verb: 'access.refuse',
                object: { kind: 'address', id: action, name: action },
                before: null,
                after: { permission, times },
              },
            );
        }),
      )
      .catch((error: unknown) => log.warn({ err: error }, 'refusals could not be written into the audit log'));
  };
  const timer = setInterval(() => keep(counter.take(performance.now())), lookEveryMs).unref();
  return {
    note: (refusal) => keep(counter.add(refusal, performance.now())),
    async stop() {
      clearInterval(timer);
      keep(counter.take(Number.POSITIVE_INFINITY));
      await writing;
    },
  };
}
