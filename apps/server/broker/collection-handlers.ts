import { newId } from '@atelier/adapters/postgres';
import type { collectionEndpoints, Validated } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Handlers } from '../http/handlers.ts';
import { pageOf, readCursor } from '../http/page.ts';
import { requireRevision } from '../http/revision.ts';
import type { Services } from '../services.ts';
import {
  auditedCollection,
  collectionObject,
  collectionView,
  findCollection,
  selectCollections,
} from './collection-view.ts';
import { containing, nameTaken } from './not-found.ts';

type CollectionHandlers = Pick<Handlers<typeof collectionEndpoints>, 'list' | 'get' | 'create' | 'update' | 'remove'>;

/** Only what was given, by column. */
const columnsOf = (body: Validated<typeof collectionEndpoints.update>['body']) => ({
  ...(body.name === undefined ? {} : { name: body.name.trim() }),
  ...(body.description === undefined ? {} : { description: body.description }),
  ...(body.redirectMode === undefined ? {} : { redirect_mode: body.redirectMode }),
  ...(body.targetSignIn === undefined ? {} : { target_sign_in: body.targetSignIn }),
  ...(body.loadBalancing === undefined ? {} : { load_balancing: body.loadBalancing }),
  ...(body.pendingPenalty === undefined ? {} : { pending_penalty: body.pendingPenalty }),
  ...(body.pendingSeconds === undefined ? {} : { pending_seconds: body.pendingSeconds }),
  ...(body.startSeconds === undefined ? {} : { start_seconds: body.startSeconds }),
  ...(body.maxSessions === undefined ? {} : { max_sessions: body.maxSessions }),
  ...(body.singleSession === undefined ? {} : { single_session: body.singleSession }),
  ...(body.vm === undefined ? {} : { vm: JSON.stringify(body.vm) }),
  ...(body.enabled === undefined ? {} : { enabled: body.enabled }),
});

/** The register of collections. */
export function collectionHandlers({ db, database, audit }: Services): CollectionHandlers {
  const change = database.withTransaction;
  return {
    async list({ query }) {
      const after = readCursor(query.cursor, z.string().max(200));
      const rows = await selectCollections(db)
        .$if(after !== undefined, (select) => select.where(sql<string>`lower(collection.name)`, '>', after!))
        .$if(query.search !== undefined, (select) =>
          select.where((eb) =>
            eb.or(
              (['name', 'description'] as const).map((column) =>
                eb(`collection.${column}`, 'ilike', containing(query.search!)),
              ),
            ),
          ),
        )
        .orderBy('folded')
        .limit(query.limit + 1)
        .execute();
      return pageOf(rows, query.limit, (row) => row.folded, collectionView);
    },

    async get({ params }) {
      return collectionView(await findCollection(db, params.id));
    },

    async create({ body }, context) {
      const id = newId();
      return change(async (trx) => {
        await trx
          .insertInto('broker_collection')
          .values({ ...columnsOf(body), id, name: body.name.trim(), kind: body.kind })
          .execute()
          .catch((error) => nameTaken(error, body.name));
        const made = await findCollection(trx, id);
        await audit.append(trx, context, {
          verb: 'collection.create',
          object: collectionObject(made),
          before: null,
          after: auditedCollection(made),
        });
        return collectionView(made);
      });
    },

    async update({ params, body }, context) {
      return change(async (trx) => {
        const { id } = await findCollection(trx, params.id);
        await trx.selectFrom('broker_collection').select('id').where('id', '=', id).forUpdate().execute();
        const before = await findCollection(trx, id);
        requireRevision(context.ifMatch, before.rev);
        const values = columnsOf(body);
        if (Object.keys(values).length > 0)
          await trx
            .updateTable('broker_collection')
            .set(values)
            .where('id', '=', id)
            .execute()
            .catch((error) => nameTaken(error, body.name ?? before.name));
        const after = await findCollection(trx, id);
        await audit.append(trx, context, {
          verb: 'collection.update',
          object: collectionObject(after),
          before: auditedCollection(before),
          after: auditedCollection(after),
        });
        return collectionView(after);
      });
    },

    async remove({ params }, context) {
      await change(async (trx) => {
        const before = await findCollection(trx, params.id);
        requireRevision(context.ifMatch, before.rev);
        if (before.counts.targets > 0)
          throw new AtelierError('broker.in-use', `${before.name} has ${before.counts.targets} targets`);
        await trx
          .deleteFrom('people_role_binding')
          .where('scope_kind', '=', 'collection')
          .where('scope_id', '=', before.id)
          .execute();
        await trx.deleteFrom('broker_collection').where('id', '=', before.id).execute();
        await audit.append(trx, context, {
          verb: 'collection.remove',
          object: collectionObject(before),
          before: auditedCollection(before),
          after: null,
        });
      });
    },
  };
}
