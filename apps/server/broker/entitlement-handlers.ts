import { newId } from '@atelier/adapters/postgres';
import type { collectionEndpoints } from '@atelier/api';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Handlers } from '../http/handlers.ts';
import { pageOf, readCursor } from '../http/page.ts';
import { principalName } from '../people/member-handlers.ts';
import type { Queries, Services } from '../services.ts';
import { collectionObject, findCollection } from './collection-view.ts';
import { notFound } from './not-found.ts';

type EntitlementHandlers = Pick<Handlers<typeof collectionEndpoints>, 'listEntitlements' | 'entitle' | 'withdraw'>;

const selectEntitlements = (queries: Queries, collectionId: string) =>
  queries
    .selectFrom('broker_entitlement as entitlement')
    .leftJoin('people_user as person', 'person.id', 'entitlement.user_id')
    .leftJoin('people_group as one', 'one.id', 'entitlement.group_id')
    .select([
      'entitlement.id',
      'entitlement.principal_kind',
      'entitlement.principal_id',
      'entitlement.created_at',
      sql<string>`coalesce(person.name, one.name, '')`.as('principal_name'),
    ])
    .where('entitlement.collection_id', '=', collectionId);

type Row = Awaited<ReturnType<ReturnType<typeof selectEntitlements>['executeTakeFirstOrThrow']>>;

const view = (row: Row) => ({
  id: row.id,
  principal: { kind: row.principal_kind, id: row.principal_id, name: row.principal_name },
  createdAt: row.created_at.toISOString(),
});

/** Who may use a collection. */
export function entitlementHandlers({ db, database, audit }: Services): EntitlementHandlers {
  return {
    async listEntitlements({ params, query }) {
      const { id } = await findCollection(db, params.id);
      const after = readCursor(query.cursor, z.string().max(40));
      const rows = await selectEntitlements(db, id)
        .$if(after !== undefined, (select) => select.where('entitlement.id', '>', after!))
        .orderBy('entitlement.id')
        .limit(query.limit + 1)
        .execute();
      return pageOf(rows, query.limit, (row) => row.id, view);
    },

    async entitle({ params, body: { principal } }, context) {
      return database.withTransaction(async (trx) => {
        const collection = await findCollection(trx, params.id);
        const name = await principalName(trx, principal.kind, principal.id);
        const made = await trx
          .insertInto('broker_entitlement')
          .values({
            id: newId(),
            collection_id: collection.id,
            [principal.kind === 'user' ? 'user_id' : 'group_id']: principal.id,
          })
          .onConflict((conflict) => conflict.doNothing())
          .returning('id')
          .executeTakeFirst();
        if (made)
          await audit.append(trx, context, {
            verb: 'collection.entitle',
            object: collectionObject(collection),
            before: null,
            after: { principal: { kind: principal.kind, id: principal.id, name } },
          });
        const row = await selectEntitlements(trx, collection.id)
          .where('entitlement.principal_id', '=', principal.id)
          .executeTakeFirstOrThrow();
        return view(row);
      });
    },

    async withdraw({ params }, context) {
      await database.withTransaction(async (trx) => {
        const collection = await findCollection(trx, params.id);
        const row = await selectEntitlements(trx, collection.id)
          .where('entitlement.id', '=', params.entitlementId)
          .executeTakeFirst();
        if (!row) throw notFound('entitlement', params.entitlementId);
        await trx.deleteFrom('broker_entitlement').where('id', '=', row.id).execute();
        await audit.append(trx, context, {
          verb: 'collection.withdraw',
          object: collectionObject(collection),
          before: { principal: view(row).principal },
          after: null,
        });
      });
    },
  };
}
