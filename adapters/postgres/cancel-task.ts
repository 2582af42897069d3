import type { Kysely } from 'kysely';
import type { Database } from './tables/database.ts';
import { now } from './task-lease.ts';

/** Cancels a task: a queued one at once (`cancelled`); a running one when its worker next looks (`requested`). */
export async function cancelTask(
  db: Kysely<Database>,
  id: string,
): Promise<'cancelled' | 'requested' | 'finished' | 'not-found'> {
  const row = await db
    .updateTable('task')
    .set((eb) => ({
      cancel_requested: true,
      state: eb
        .case()
        .when('state', '=', 'queued')
        .then('cancelled' as const)
        .else(eb.ref('state'))
        .end(),
      finished_at: eb.case().when('state', '=', 'queued').then(now).else(null).end(),
    }))
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .returning('state')
    .executeTakeFirst();
  if (row) return row.state === 'cancelled' ? 'cancelled' : 'requested';
  const found = await db.selectFrom('task').select('id').where('id', '=', id).executeTakeFirst();
  return found ? 'finished' : 'not-found';
}
