import type { DatabaseHandle } from '@atelier/adapters/postgres';
import { collectionOf } from './rows.ts';
import type { SessionDirectory } from './session-directory.ts';

/** Collections, and who may use them. */
export function collections({ db }: DatabaseHandle): Pick<SessionDirectory, 'collectionsFor' | 'collection'> {
  return {
    async collectionsFor(userId, groupIds) {
      const rows = await db
        .selectFrom('broker_collection')
        .selectAll()
        .where('enabled', '=', true)
        .where(({ exists, selectFrom }) =>
          exists(
            selectFrom('broker_entitlement as entitlement')
              .select('entitlement.id')
              .whereRef('entitlement.collection_id', '=', 'broker_collection.id')
              .where('entitlement.principal_id', 'in', [userId, ...groupIds]),
          ),
        )
        .orderBy(({ fn }) => fn('lower', ['name']))
        .execute();
      return rows.map(collectionOf);
    },

    async collection(name) {
      const row = await db
        .selectFrom('broker_collection')
        .selectAll()
        .where(({ eb, fn }) => eb(fn('lower', ['name']), '=', name.trim().toLowerCase()))
        .executeTakeFirst();
      return row ? collectionOf(row) : null;
    },
  };
}
