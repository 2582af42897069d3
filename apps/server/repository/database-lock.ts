import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@atelier/adapters/postgres';
import { type Kysely, sql } from 'kysely';
import type { Services } from '../services.ts';

/**
 * Runs `work` while holding the lock `name`: an advisory lock of PostgreSQL, given back when the work ends or the connection
 * breaks. `exclusive` is for one server at a time, `shared` for any number of them while nobody holds it exclusively.
 * Waits for its turn until `signal` aborts.
 */
export async function withDatabaseLock<Result>(
  services: Pick<Services, 'db'>,
  name: string,
  mode: 'exclusive' | 'shared',
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  const key = sql`hashtextextended(${name}, 0)`;
  const suffix = sql.raw(mode === 'shared' ? '_shared' : '');
  return await services.db.connection().execute(async (connection: Kysely<Database>) => {
    const attempt = sql<{ locked: boolean }>`select pg_try_advisory_lock${suffix}(${key}) as locked`;
    while (!(await attempt.execute(connection)).rows[0]?.locked) await sleep(200, undefined, { signal });
    try {
      return await work();
    } finally {
      await sql`select pg_advisory_unlock${suffix}(${key})`.execute(connection).catch(() => {
        // The connection is gone, and the lock with it.
      });
    }
  });
}
