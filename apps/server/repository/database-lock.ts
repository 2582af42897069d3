import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@atelier/adapters/postgres';
import { type Kysely, sql } from 'kysely';
import type { Services } from '../services.ts';

/**
 * Runs `work` while holding the lock `name`, which one server at a time can hold: an advisory lock of PostgreSQL, given
 * back when the work ends or the connection breaks. Waits for its turn until `signal` aborts.
 */
export async function withDatabaseLock<Result>(
  services: Pick<Services, 'db'>,
  name: string,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  const key = sql`hashtextextended(${name}, 0)`;
  return await services.db.connection().execute(async (connection: Kysely<Database>) => {
    const attempt = sql<{ locked: boolean }>`select pg_try_advisory_lock(${key}) as locked`;
    while (!(await attempt.execute(connection)).rows[0]?.locked) await sleep(200, undefined, { signal });
    try {
      return await work();
    } finally {
      await sql`select pg_advisory_unlock(${key})`.execute(connection).catch(() => {
        // The connection is gone, and the lock with it.
      });
    }
  });
}
