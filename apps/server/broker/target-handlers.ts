import { type Database, newId } from '@atelier/adapters/postgres';
import type { targetEndpoints, Validated } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import type { Handlers, RequestContext } from '../http/handlers.ts';
import { pageOf, readCursor } from '../http/page.ts';
import { requireRevision } from '../http/revision.ts';
import type { Queries, Services } from '../services.ts';
import { findCollection } from './collection-view.ts';
import { containing, nameTaken, notFound } from './not-found.ts';
import { hostIsSilent, targetStanding } from './target-standing.ts';
import { auditedTarget, findTarget, selectTargets, type TargetRow, targetObject, targetView } from './target-view.ts';

type TargetHandlers = Pick<
  Handlers<typeof targetEndpoints>,
  'list' | 'get' | 'add' | 'update' | 'drain' | 'setState' | 'remove'
>;

/** Only what was given, by column. */
const columnsOf = (body: Validated<typeof targetEndpoints.update>['body']) => ({
  ...(body.name === undefined ? {} : { name: body.name.trim() }),
  ...(body.environment === undefined ? {} : { environment: body.environment }),
  ...(body.hostId === undefined ? {} : { host_id: body.hostId }),
  ...(body.fqdn === undefined ? {} : { fqdn: body.fqdn }),
  ...(body.netbios === undefined ? {} : { netbios: body.netbios }),
  ...(body.endpoints === undefined ? {} : { endpoints: JSON.stringify(body.endpoints) }),
  ...(body.drain === undefined ? {} : { drain: body.drain }),
  ...(body.weight === undefined ? {} : { weight: body.weight }),
  ...(body.maxSessions === undefined ? {} : { max_sessions: body.maxSessions }),
  ...(body.singleSession === undefined ? {} : { single_session: body.singleSession }),
  ...(body.ownerId === undefined ? {} : { owner_id: body.ownerId }),
  ...(body.properties === undefined ? {} : { properties: JSON.stringify(body.properties) }),
});

/** Where a target listens whose address is its name in DNS, as brokers find it, goes with that name. */
function addressAfter(
  { fqdn, endpoints }: Pick<TargetRow, 'fqdn' | 'endpoints'>,
  body: Validated<typeof targetEndpoints.update>['body'],
) {
  const isName = endpoints.length === 1 && endpoints[0]!.address === fqdn && endpoints[0]!.port === 3389;
  if (!isName || body.fqdn === undefined || body.endpoints !== undefined) return {};
  return { endpoints: JSON.stringify(body.fqdn === null ? [] : [{ address: body.fqdn, port: 3389 }]) };
}

/** Refuses ids of hosts and people that are not there. */
async function requireReferences(
  queries: Queries,
  body: { hostId?: string | null | undefined; ownerId?: string | null | undefined },
) {
  const missing = async (table: 'host' | 'people_user', id: string | null | undefined) =>
    typeof id === 'string' && !(await queries.selectFrom(table).select('id').where('id', '=', id).executeTakeFirst());
  if (await missing('host', body.hostId)) throw notFound('host', body.hostId!);
  if (await missing('people_user', body.ownerId)) throw notFound('user', body.ownerId!);
}

const ours = (row: TargetRow): void => {
  if (row.provider !== 'atelier')
    throw new AtelierError('broker.target-kept-elsewhere', `${row.name} is kept by the plug-in ${row.provider}`);
};

/** The register of targets. */
export function targetHandlers({ db, database, audit }: Services): TargetHandlers {
  /** Changes a target under its lock, and keeps the difference. */
  const change = (
    idOrName: string,
    context: RequestContext,
    verb: string,
    work: (trx: Transaction<Database>, before: TargetRow) => Promise<unknown>,
  ) =>
    database.withTransaction(async (trx) => {
      const { id } = await findTarget(trx, idOrName);
      await trx.selectFrom('broker_target').select('id').where('id', '=', id).forUpdate().execute();
      const before = await findTarget(trx, id);
      requireRevision(context.ifMatch, before.rev);
      await work(trx, before);
      const after = await findTarget(trx, id);
      await audit.append(trx, context, {
        verb,
        object: targetObject(after),
        before: { ...auditedTarget(before), state: before.state },
        after: { ...auditedTarget(after), state: after.state },
      });
      return targetView(after);
    });

  return {
    async list({ query }) {
      const after = readCursor(query.cursor, z.string().max(200));
      const collection = query.collection === undefined ? null : await findCollection(db, query.collection);
      const rows = await selectTargets(db)
        .$if(after !== undefined, (select) => select.where(sql<string>`lower(target.name)`, '>', after!))
        .$if(collection !== null, (select) => select.where('target.collection_id', '=', collection!.id))
        .$if(query.environment !== undefined, (select) => select.where('target.environment', '=', query.environment!))
        .$if(query.state !== undefined, (select) => select.where('target.state', '=', query.state!))
        .$if(query.which !== undefined, (select) => select.where(targetStanding[query.which!]))
        .$if(query.hostSilent !== undefined, (select) =>
          select.where(query.hostSilent === 'yes' ? hostIsSilent : sql<boolean>`not ${hostIsSilent}`),
        )
        .$if(query.search !== undefined, (select) =>
          select.where((eb) =>
            eb.or(
              (['name', 'fqdn'] as const).map((column) => eb(`target.${column}`, 'ilike', containing(query.search!))),
            ),
          ),
        )
        .orderBy('folded')
        .limit(query.limit + 1)
        .execute();
      return pageOf(rows, query.limit, (row) => row.folded, targetView);
    },

    async get({ params }) {
      return targetView(await findTarget(db, params.id));
    },

    async add({ body }, context) {
      const id = newId();
      return database.withTransaction(async (trx) => {
        const collection = await findCollection(trx, body.collection);
        await requireReferences(trx, body);
        await trx
          .insertInto('broker_target')
          .values({
            ...columnsOf(body),
            id,
            name: body.name.trim(),
            kind: body.kind,
            collection_id: collection.id,
            state: body.state,
          })
          .execute()
          .catch((error) => nameTaken(error, body.name));
        const added = await findTarget(trx, id);
        await audit.append(trx, context, {
          verb: 'target.add',
          object: targetObject(added),
          before: null,
          after: auditedTarget(added),
        });
        return targetView(added);
      });
    },

    update: ({ params, body }, context) =>
      change(params.id, context, 'target.update', async (trx, before) => {
        ours(before);
        await requireReferences(trx, body);
        const values = { ...columnsOf(body), ...addressAfter(before, body) };
        if (Object.keys(values).length === 0) return;
        await trx
          .updateTable('broker_target')
          .set(values)
          .where('id', '=', before.id)
          .execute()
          .catch((error) => nameTaken(error, body.name ?? before.name));
      }),

    drain: ({ params, body }, context) =>
      change(params.id, context, body.drain ? 'target.drain' : 'target.undrain', (trx, before) =>
        trx.updateTable('broker_target').set({ drain: body.drain }).where('id', '=', before.id).execute(),
      ),

    setState: ({ params, body }, context) =>
      change(params.id, context, 'target.set-state', (trx, before) =>
        trx
          .updateTable('broker_target')
          .set({ state: body.state, state_detail: '', failing_since: null })
          .where('id', '=', before.id)
          .execute(),
      ),

    async remove({ params, query }, context) {
      await database.withTransaction(async (trx) => {
        const { id, collection_id } = await findTarget(trx, params.id);
        // Nobody decides for it while it goes.
        await sql`select broker_collection_lock(${collection_id})`.execute(trx);
        const before = await findTarget(trx, id);
        requireRevision(context.ifMatch, before.rev);
        const people = before.num_sessions + before.num_pending;
        if (people > 0 && query.force === 'no')
          throw new AtelierError('broker.in-use', `${before.name} has ${people} sessions: drain it first, or force it`);
        await trx.deleteFrom('broker_target').where('id', '=', id).execute();
        await audit.append(trx, context, {
          verb: 'target.remove',
          object: targetObject(before),
          before: auditedTarget(before),
          after: null,
        });
      });
    },
  };
}
