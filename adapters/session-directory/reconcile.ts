import type { DatabaseHandle } from '@atelier/adapters/postgres';
import { sql } from 'kysely';
import { cleanText } from './clean-text.ts';
import { changeTo, takeIn } from './reports.ts';
import type { SessionDirectory } from './session-directory.ts';
import { lockCollection, softTransaction } from './soft-write.ts';

/** Brings the directory to what a host has. */
export function reconciliation(database: DatabaseHandle): Pick<SessionDirectory, 'reconcile'> {
  return {
    async reconcile(targetId, there, ageMs = 2000) {
      const target = await database.db
        .selectFrom('broker_target')
        .select('collection_id')
        .where('id', '=', targetId)
        .executeTakeFirst();
      if (!target) return;
      const told = there.map((one) => ({
        ...one,
        user: cleanText(one.user),
        hostSessionId: cleanText(one.hostSessionId),
      }));
      await softTransaction(database, async (trx) => {
        await lockCollection(trx, target.collection_id);
        const ours = await trx
          .selectFrom('broker_session')
          .selectAll()
          .select(sql<boolean>`changed_at > clock_timestamp() - ${ageMs} * interval '1 millisecond'`.as('fresh'))
          .where('target_id', '=', targetId)
          .where('state', 'in', ['connecting', 'active', 'disconnected'])
          .orderBy('id')
          .forUpdate()
          .execute();
        const left = new Map(ours.map((session) => [session.id, session]));
        const pick = (found: (typeof ours)[number] | undefined) => {
          if (found) left.delete(found.id);
          return found;
        };
        // Those that the host's own names tell first: a session without a name is taken for what remains.
        const matched = told.map((seen) => ({
          seen,
          session: pick([...left.values()].find((one) => one.host_session_id === seen.hostSessionId)),
        }));
        for (const { seen, session } of matched) {
          const user = seen.user.toLowerCase();
          const ourSession =
            session ??
            pick(
              [...left.values()].find((one) => one.host_session_id === null && one.user_name.toLowerCase() === user),
            );
          if (!ourSession) {
            await takeIn(trx, target, { targetId, user: seen.user, hostSessionId: seen.hostSessionId }, seen.state);
            continue;
          }
          const change =
            ourSession.fresh && ourSession.state !== 'connecting' && ourSession.host_session_id !== null
              ? null
              : changeTo(ourSession, seen.state, seen.hostSessionId);
          if (change) await trx.updateTable('broker_session').set(change).where('id', '=', ourSession.id).execute();
        }
        const gone = [...left.values()].filter(({ state, fresh }) => state !== 'connecting' && !fresh);
        if (gone.length > 0)
          await trx
            .updateTable('broker_session')
            .set({
              state: 'logged-off',
              ended_at: sql<Date>`clock_timestamp()`,
              changed_at: sql<Date>`clock_timestamp()`,
              end_reason: 'gone-from-host',
            })
            .where(
              'id',
              'in',
              gone.map(({ id }) => id),
            )
            .execute();
      });
    },
  };
}
