import type { DatabaseHandle } from '@atelier/adapters/postgres';
import { sql } from 'kysely';
import { firstSteps, planReconciliation, type SeenSession } from './plan-reconciliation.ts';
import { takeIn } from './reports.ts';
import type { SessionDirectory } from './session-directory.ts';
import { lockCollection, softTransaction } from './soft-write.ts';

/** Sessions that change in one transaction: those who sign in wait for it, and what it costs grows with the square. */
const stepsAtOnce = 50;
/** Two lists of the greatest length that have nothing in common. */
const mostRounds = 80;

/** Brings the directory to what a host has. */
export function reconciliation(database: DatabaseHandle): Pick<SessionDirectory, 'reconcile'> {
  /** Does the first steps of what is to do. Gives how many; `ageMs`: how old the host's word is by now. */
  const round = (
    target: { readonly id: string; readonly collection_id: string },
    there: readonly SeenSession[],
    ageMs: number,
  ): Promise<number> =>
    softTransaction(database, async (trx) => {
      await lockCollection(trx, target.collection_id);
      const ours = await trx
        .selectFrom('broker_session')
        .select(['id', 'user_name', 'host_session_id', 'state'])
        .select(sql<boolean>`changed_at > clock_timestamp() - ${ageMs} * interval '1 millisecond'`.as('fresh'))
        .where('target_id', '=', target.id)
        .where('state', 'in', ['connecting', 'active', 'disconnected'])
        .orderBy('id')
        .forUpdate()
        .execute();
      const { ended, changed, taken } = firstSteps(planReconciliation(ours, there), stepsAtOnce);
      if (ended.length > 0)
        await trx
          .updateTable('broker_session')
          .set({
            state: 'logged-off',
            ended_at: sql<Date>`clock_timestamp()`,
            changed_at: sql<Date>`clock_timestamp()`,
            end_reason: 'gone-from-host',
          })
          .where('id', 'in', ended)
          .execute();
      for (const { id, to } of changed) await trx.updateTable('broker_session').set(to).where('id', '=', id).execute();
      for (const { state, ...seen } of taken) await takeIn(trx, target, { targetId: target.id, ...seen }, state);
      return ended.length + changed.length + taken.length;
    });

  return {
    async reconcile(targetId, there, ageMs = 2000) {
      const target = await database.db
        .selectFrom('broker_target')
        .select(['id', 'collection_id'])
        .where('id', '=', targetId)
        .executeTakeFirst();
      if (!target) return;
      const begun = performance.now();
      for (let n = 0; n < mostRounds; n++) {
        const steps = await round(target, there, ageMs === 0 ? 0 : ageMs + performance.now() - begun);
        if (steps < stepsAtOnce) return;
      }
    },
  };
}
