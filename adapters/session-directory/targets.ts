import type { Database, DatabaseHandle } from '@atelier/adapters/postgres';
import { type Kysely, sql } from 'kysely';
import { targetOf } from './rows.ts';
import type { SessionDirectory } from './session-directory.ts';
import { lockCollection, softTransaction } from './soft-write.ts';

/** Most targets in one page. */
const largestPage = 1000;

const selectTargets = (db: Kysely<Database>) =>
  db
    .selectFrom('broker_target as target')
    .innerJoin('broker_collection as collection', 'collection.id', 'target.collection_id')
    .selectAll('target')
    .select('collection.name as collection_name');

/** Targets as candidates, and their states. */
export function targets(
  database: DatabaseHandle,
): Pick<
  SessionDirectory,
  | 'targets'
  | 'changedTargets'
  | 'target'
  | 'testAndSetTargetState'
  | 'setTargetState'
  | 'setTargetEndpoints'
  | 'loseTarget'
> {
  const { db } = database;
  const stateOf = async (targetId: string) => {
    const row = await db.selectFrom('broker_target').select('state').where('id', '=', targetId).executeTakeFirst();
    return row?.state ?? 'invalid';
  };
  return {
    async targets({ collection, environment, after, limit = largestPage }) {
      let query = selectTargets(db).orderBy(sql`lower(target.name)`).limit(Math.min(limit, largestPage));
      if (collection !== undefined)
        query = query.where(sql<boolean>`lower(collection.name) = ${collection.toLowerCase()}`);
      if (environment !== undefined) query = query.where('target.environment', '=', environment);
      if (after !== undefined) query = query.where(sql<boolean>`lower(target.name) > ${after.toLowerCase()}`);
      return (await query.execute()).map((row) => targetOf(row, row.collection_name));
    },

    async changedTargets({ collection, since }) {
      // Whatever was not over when the mark was taken comes again: transactions end in another order than they begin.
      const { rows } = await sql<{ mark: string; count: number }>`
        select pg_snapshot_xmin(pg_current_snapshot())::text as mark, count(target.id)::int as count
          from broker_collection collection left join broker_target target on target.collection_id = collection.id
         where lower(collection.name) = ${collection.toLowerCase()}`.execute(db);
      const { mark, count } = rows[0]!;
      if (since === null) return { mark, count, changed: [] };
      const changed = await selectTargets(db)
        .where(sql<boolean>`lower(collection.name) = ${collection.toLowerCase()}`)
        .where(sql<boolean>`age(target.xmin) <= age(((${since}::numeric % 4294967296)::text)::xid)`)
        .execute();
      return { mark, count, changed: changed.map((row) => targetOf(row, row.collection_name)) };
    },

    async target(name) {
      const row = await selectTargets(db)
        .where(sql<boolean>`lower(target.name) = ${name.toLowerCase()}`)
        .executeTakeFirst();
      return row ? targetOf(row, row.collection_name) : null;
    },

    async testAndSetTargetState(targetId, next, test) {
      const row = await db
        .updateTable('broker_target')
        .set({ state: next, state_detail: '', failing_since: null })
        .where('id', '=', targetId)
        .where('state', '=', test)
        .returning('state')
        .executeTakeFirst();
      return row?.state ?? stateOf(targetId);
    },

    async setTargetState(targetId, state, detail = '') {
      await db
        .updateTable('broker_target')
        .set({
          state,
          state_detail: detail.slice(0, 1000),
          failing_since:
            state === 'down' || state === 'invalid'
              ? sql<Date>`coalesce(failing_since, clock_timestamp())`
              : sql<null>`null`,
        })
        .where('id', '=', targetId)
        .where(sql<boolean>`(state, state_detail) is distinct from (${state}, ${detail.slice(0, 1000)})`)
        .execute();
    },

    async setTargetEndpoints(targetId, endpoints) {
      const json = JSON.stringify(endpoints);
      await db
        .updateTable('broker_target')
        .set({ endpoints: json })
        .where('id', '=', targetId)
        .where(sql<boolean>`endpoints <> ${json}::jsonb`)
        .execute();
    },

    async loseTarget(targetId) {
      const target = await db
        .selectFrom('broker_target')
        .select('collection_id')
        .where('id', '=', targetId)
        .executeTakeFirst();
      if (!target) return 0;
      return softTransaction(database, async (trx) => {
        await lockCollection(trx, target.collection_id);
        const lost = await trx
          .updateTable('broker_session')
          .set({
            state: 'orphaned',
            expires_at: null,
            ended_at: sql<Date>`clock_timestamp()`,
            changed_at: sql<Date>`clock_timestamp()`,
            end_reason: 'target-lost',
          })
          .where('target_id', '=', targetId)
          .where('state', 'in', ['connecting', 'active', 'disconnected'])
          .returning('id')
          .execute();
        return lost.length;
      });
    },
  };
}
