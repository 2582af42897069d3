import { type Kysely, sql } from 'kysely';
import { storableText } from './storable.ts';
import type { Database } from './tables/database.ts';
import { freeLease, jsonText, leaseUntil, now, type TaskLease } from './task-lease.ts';

/**
 * Says that the work goes on: prolongs the lease, and tells progress (0 to 1) and a message if given.
 *
 * @returns `cancel` when somebody asked for it to end; `lost` when it is no longer ours: stop at once, write nothing
 */
export async function heartbeatTask(
  db: Kysely<Database>,
  lease: TaskLease,
  news: { readonly leaseMs: number; readonly progress?: number | null; readonly message?: string },
): Promise<'held' | 'cancel' | 'lost'> {
  const { progress, message } = news;
  const row = await db
    .updateTable('task')
    .set({
      lease_until: leaseUntil(news.leaseMs),
      ...(progress === undefined
        ? {}
        : { progress: progress === null ? null : Math.min(Math.max(progress || 0, 0), 1) }),
      ...(message === undefined ? {} : { message: storableText(message) }),
    })
    .where('id', '=', lease.taskId)
    .where('state', '=', 'running')
    .where('lease_owner', '=', lease.owner)
    .where('attempts', '=', lease.attempt)
    .returning('cancel_requested')
    .executeTakeFirst();
  if (!row) return 'lost';
  return row.cancel_requested ? 'cancel' : 'held';
}

/** Adds lines to the task's log, if it is still ours. */
export async function logTask(db: Kysely<Database>, lease: TaskLease, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  await sql`
    insert into task_log (task_id, seq, line)
    select task.id, coalesce((select max(seq) from task_log where task_id = task.id), 0) + added.place, added.line
      from task, unnest(${lines.map((line) => storableText(line).slice(0, 10_000))}::text[]) with ordinality as added (line, place)
     where task.id = ${lease.taskId} and task.state = 'running'
       and task.lease_owner = ${lease.owner} and task.attempts = ${lease.attempt}`.execute(db);
}

/** How a task ended. */
export type TaskOutcome =
  | { readonly state: 'done'; readonly result?: unknown }
  | { readonly state: 'failed'; readonly error: { readonly code: string; readonly detail: string } }
  | { readonly state: 'cancelled' };

/**
 * Ends the task. In the transaction that stores the work's fruit, both happen or neither.
 *
 * @returns false when it is no longer ours: then roll back
 */
export async function finishTask(db: Kysely<Database>, lease: TaskLease, outcome: TaskOutcome): Promise<boolean> {
  const result = await db
    .updateTable('task')
    .set({
      ...freeLease,
      state: outcome.state,
      finished_at: now,
      ...(outcome.state === 'done' ? { progress: 1, result: jsonText(outcome.result) } : {}),
      ...(outcome.state === 'failed' ? { error: jsonText(outcome.error) } : {}),
    })
    .where('id', '=', lease.taskId)
    .where('state', '=', 'running')
    .where('lease_owner', '=', lease.owner)
    .where('attempts', '=', lease.attempt)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Gives the task back unfinished, for a server that stops in good order: it can be claimed at once and does not count as an attempt. One that should be cancelled is. */
export async function releaseTask(db: Kysely<Database>, lease: TaskLease): Promise<void> {
  await db
    .updateTable('task')
    .set((eb) => ({
      ...freeLease,
      attempts: eb('attempts', '-', 1),
      state: sql<'queued' | 'cancelled'>`case when cancel_requested then 'cancelled' else 'queued' end`,
      finished_at: sql<Date | null>`case when cancel_requested then ${now} end`,
    }))
    .where('id', '=', lease.taskId)
    .where('state', '=', 'running')
    .where('lease_owner', '=', lease.owner)
    .where('attempts', '=', lease.attempt)
    .execute();
}
