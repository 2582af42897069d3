import type { Database, DatabaseHandle } from '@atelier/adapters/postgres';
import type { Environment, GlobalStore } from '@atelier/plugin-kit/broker';
import { type Kysely, sql } from 'kysely';
import { sessionOf, targetOf } from '../rows.ts';

/** Rows of one read. */
const pageSize = 500;

export const selectTargets = (db: Kysely<Database>) =>
  db
    .selectFrom('broker_target as target')
    .innerJoin('broker_collection as collection', 'collection.id', 'target.collection_id')
    .selectAll('target')
    .select('collection.name as collection_name');
export const selectSessions = (db: Kysely<Database>) =>
  db
    .selectFrom('broker_session as session')
    .innerJoin('broker_target as target', 'target.id', 'session.target_id')
    .innerJoin('broker_collection as collection', 'collection.id', 'session.collection_id')
    .selectAll('session')
    .select(['target.name as target_name', 'collection.name as collection_name', 'target.provider']);

const lower = (text: string): string => text.toLowerCase();
const environmentOf = (row: { name: string; server_weight: number; properties: Environment['properties'] }) => ({
  name: row.name,
  serverWeight: row.server_weight,
  properties: row.properties,
});

/** What every plug-in may read, page by page. */
export function globalStore({ db }: Pick<DatabaseHandle, 'db'>): GlobalStore {
  return {
    async queryTarget(name, collection) {
      const row = await selectTargets(db)
        .where(sql<boolean>`lower(target.name) = ${lower(name)}`)
        .executeTakeFirst();
      if (!row || (collection !== undefined && lower(row.collection_name) !== lower(collection))) return null;
      return targetOf(row, row.collection_name);
    },

    async *enumerateTargets(query = {}) {
      const by = query.sortByProperty;
      const key =
        by === undefined ? sql<string>`lower(target.name)` : sql<string>`coalesce(target.properties ->> ${by}, '')`;
      for (let after: { readonly key: string; readonly id: string } | undefined; ; ) {
        let select = selectTargets(db).select(key.as('sort_key')).orderBy(key).orderBy('target.id').limit(pageSize);
        if (query.collection !== undefined)
          select = select.where(sql<boolean>`lower(collection.name) = ${lower(query.collection)}`);
        if (query.environment !== undefined) select = select.where('target.environment', '=', query.environment);
        if (query.provider !== undefined) select = select.where('target.provider', '=', query.provider);
        if (after !== undefined) select = select.where(sql<boolean>`(${key}, target.id) > (${after.key}, ${after.id})`);
        const rows = await select.execute();
        for (const row of rows) yield targetOf(row, row.collection_name);
        const last = rows.at(-1);
        if (!last || rows.length < pageSize) return;
        after = { key: last.sort_key, id: last.id };
      }
    },

    async queryEnvironment(name) {
      const row = await db.selectFrom('broker_environment').selectAll().where('name', '=', name).executeTakeFirst();
      return row ? environmentOf(row) : null;
    },

    async *enumerateEnvironments() {
      for (let after = ''; ; ) {
        const rows = await db
          .selectFrom('broker_environment')
          .selectAll()
          .where('name', '>', after)
          .orderBy('name')
          .limit(pageSize)
          .execute();
        for (const row of rows) yield environmentOf(row);
        if (rows.length < pageSize) return;
        after = rows.at(-1)!.name;
      }
    },

    async querySession(id) {
      const row = await selectSessions(db).where('session.id', '=', id).executeTakeFirst();
      return row ? sessionOf(row, { target: row.target_name, collection: row.collection_name }) : null;
    },

    async *enumerateSessions(query = {}) {
      for (let after = ''; ; ) {
        let select = selectSessions(db).where('session.id', '>', after).orderBy('session.id').limit(pageSize);
        if (query.target !== undefined)
          select = select.where(sql<boolean>`lower(target.name) = ${lower(query.target)}`);
        if (query.user !== undefined)
          select = select.where(sql<boolean>`lower(session.user_name) = ${lower(query.user)}`);
        if (query.domain !== undefined)
          select = select.where(sql<boolean>`lower(session.domain) = ${lower(query.domain)}`);
        if (query.collection !== undefined)
          select = select.where(sql<boolean>`lower(collection.name) = ${lower(query.collection)}`);
        if (query.initialProgram !== undefined)
          select = select.where('session.initial_program', '=', query.initialProgram);
        // Without a word about it, those that hold a place are meant.
        select =
          query.state === undefined
            ? select.where('session.state', 'in', ['connecting', 'active', 'disconnected'])
            : select.where('session.state', '=', query.state);
        const rows = await select.execute();
        for (const row of rows) yield sessionOf(row, { target: row.target_name, collection: row.collection_name });
        if (rows.length < pageSize) return;
        after = rows.at(-1)!.id;
      }
    },

    async enumerateCollections() {
      const rows = await db.selectFrom('broker_collection').select('name').orderBy(sql`lower(name)`).execute();
      return rows.map(({ name }) => name);
    },
  };
}
