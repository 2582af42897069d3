import type { DatabaseHandle } from '@atelier/adapters/postgres';
import { sql } from 'kysely';
import { sessionOf, targetOf } from './rows.ts';
import type { SessionDirectory } from './session-directory.ts';

/** Sessions that hold their users' places. */
export function liveSessions({ db }: DatabaseHandle): Pick<SessionDirectory, 'liveSession' | 'liveTargets'> {
  return {
    async liveTargets(userId) {
      const rows = await db
        .selectFrom('broker_session as session')
        .innerJoin('broker_target as target', 'target.id', 'session.target_id')
        .innerJoin('broker_collection as collection', 'collection.id', 'session.collection_id')
        .selectAll('target')
        .select('collection.name as collection_name')
        .where('session.user_id', '=', userId)
        .where('session.state', 'in', ['active', 'disconnected'])
        .where('target.state', '=', 'running')
        .limit(3)
        .execute();
      return rows.map((row) => targetOf(row, row.collection_name));
    },

    async liveSession(collectionId, userId) {
      const row = await db
        .selectFrom('broker_session as session')
        .innerJoin('broker_target as target', 'target.id', 'session.target_id')
        .innerJoin('broker_collection as collection', 'collection.id', 'session.collection_id')
        .selectAll('session')
        .select(['target.name as target_name', 'collection.name as collection_name'])
        .where('session.collection_id', '=', collectionId)
        .where('session.user_id', '=', userId)
        .where('session.state', 'in', ['connecting', 'active', 'disconnected'])
        .where(sql<boolean>`(session.expires_at is null or session.expires_at > clock_timestamp())`)
        .executeTakeFirst();
      return row ? sessionOf(row, { target: row.target_name, collection: row.collection_name }) : null;
    },
  };
}
