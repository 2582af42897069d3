import type { DatabaseHandle } from '@atelier/adapters/postgres';
import { sql } from 'kysely';
import type { Logger } from 'pino';

const everyMs = 60 * 60_000;
const firstAfterMs = 60_000;
/** Rows for each statement: none holds its locks for long. */
const batch = 5_000;

/** What is deleted: by table, the key to delete by, and the condition under which nobody needs a row any more. */
const outdated: readonly { readonly table: string; readonly key: string; readonly when: string }[] = [
  { table: 'people_session', key: 'id', when: 'expires_at < now()' },
  { table: 'people_token', key: 'id', when: "expires_at < now() - interval '30 days'" },
  { table: 'people_setup_link', key: 'id', when: "expires_at < now() - interval '7 days'" },
  { table: 'idempotency_key', key: '(actor, key)', when: 'expires_at < now()' },
  { table: 'endpoint_enrollment_token', key: 'id', when: "expires_at < now() - interval '7 days'" },
  // The last success of each name stays: it is when the person signed in last. So does the last from each address for 30 days: there the person is known.
  {
    table: 'people_sign_in_attempt',
    key: 'seq',
    when: `at < now() - interval '1 day' and (not succeeded or exists (
      select from people_sign_in_attempt later
       where later.user_name = people_sign_in_attempt.user_name and later.succeeded and later.seq > people_sign_in_attempt.seq
         and (later.ip is not distinct from people_sign_in_attempt.ip or people_sign_in_attempt.at < now() - interval '30 days')
    ))`,
  },
  { table: 'task', key: 'id', when: "finished_at < now() - interval '90 days'" },
  { table: 'event', key: 'seq', when: "received_at < now() - interval '400 days'" },
];

/**
 * Deletes what has expired or is older than it is kept: tasks 90 days after their end, events after 400 days, sessions,
 * tokens and keys when they are over. The audit log is never shortened. One server at a time does it.
 *
 * @returns how many rows went, by table
 */
export async function tidy(database: DatabaseHandle, signal: AbortSignal): Promise<Record<string, number>> {
  const gone: Record<string, number> = {};
  for (const { table, key, when } of outdated) {
    for (let deleted = batch; deleted >= batch && !signal.aborted; ) {
      deleted = await database.withTransaction(async (trx) => {
        const lock = await sql<{ mine: boolean }>`
          select pg_try_advisory_xact_lock(hashtextextended('housekeeping', 0)) as mine`.execute(trx);
        if (!lock.rows[0]?.mine) return 0;
        const result = await sql`
          delete from ${sql.table(table)} where ${sql.raw(key)} in (
            select ${sql.raw(key === '(actor, key)' ? 'actor, key' : key)} from ${sql.table(table)}
             where ${sql.raw(when)} limit ${batch}
          )`.execute(trx);
        return Number(result.numAffectedRows ?? 0n);
      });
      if (deleted > 0) gone[table] = (gone[table] ?? 0) + deleted;
    }
  }
  return gone;
}

/** Tidies a minute after the start and then each hour, until `stop`, which waits for a round in work. */
export function keepHouse(database: DatabaseHandle, log: Logger): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let round: Promise<void> = Promise.resolve();
  const begin = () => {
    round = tidy(database, stopping.signal).then(
      (gone) => {
        if (Object.keys(gone).length > 0) log.info({ gone }, 'what was no longer needed was deleted');
      },
      (error: Error) => log.warn({ reason: error.message }, 'housekeeping did not end'),
    );
  };
  const first = setTimeout(begin, firstAfterMs);
  const hourly = setInterval(begin, everyMs);
  return {
    stop: () => {
      stopping.abort();
      clearTimeout(first);
      clearInterval(hourly);
      return round;
    },
  };
}
