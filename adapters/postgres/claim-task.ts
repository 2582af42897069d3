import { type Kysely, sql } from 'kysely';
import type { Database } from './tables/database.ts';
import { type ClaimedTask, freeLease, leaseUntil, now } from './task-lease.ts';

/** Ends tasks whose worker is gone and that nobody may begin again: cancelled ones, and those begun too often. */
async function endAbandoned(db: Kysely<Database>): Promise<void> {
  const abandoned = {
    code: 'task.abandoned',
    detail: 'its server stopped while it worked on it, for the last time allowed',
  };
  await db
    .updateTable('task')
    .set({
      ...freeLease,
      state: sql<'cancelled' | 'failed'>`case when cancel_requested then 'cancelled' else 'failed' end`,
      error: sql<string>`case when cancel_requested then null else ${JSON.stringify(abandoned)}::jsonb end`,
      finished_at: now,
    })
    .where('state', '=', 'running')
    .where('lease_until', '<', now)
    .where((eb) => eb.or([eb('cancel_requested', '=', true), eb('attempts', '>=', eb.ref('max_attempts'))]))
    .execute();
}

/**
 * Takes the oldest task of one of `kinds` that is queued, or whose server's lease ended, for `leaseMs` milliseconds of the
 * database's clock. Each task goes to one claimer only.
 *
 * @param owner names this server process, for the log
 */
export async function claimTask(
  db: Kysely<Database>,
  { kinds, owner, leaseMs }: { kinds: readonly string[]; owner: string; leaseMs: number },
): Promise<ClaimedTask | undefined> {
  if (kinds.length === 0) return undefined;
  await endAbandoned(db);
  const task = await db
    .updateTable('task')
    .set((eb) => ({
      state: 'running',
      lease_owner: owner,
      lease_until: leaseUntil(leaseMs),
      attempts: eb('attempts', '+', 1),
      started_at: eb.fn.coalesce('started_at', now),
    }))
    .where('id', '=', (eb) =>
      eb
        .selectFrom('task')
        .select('id')
        .where('kind', 'in', kinds)
        .where((or) =>
          or.or([or('state', '=', 'queued'), or.and([or('state', '=', 'running'), or('lease_until', '<', now)])]),
        )
        .where('attempts', '<', eb.ref('max_attempts'))
        .where('cancel_requested', '=', false)
        .orderBy('created_at')
        .orderBy('id')
        .limit(1)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .executeTakeFirst();
  return task && { task, lease: { taskId: task.id, owner, attempt: task.attempts } };
}
