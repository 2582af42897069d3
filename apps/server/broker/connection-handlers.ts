import type { BrokerConnection, brokerEndpoints } from '@atelier/api';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Handlers } from '../http/handlers.ts';
import { pageOf, readCursor } from '../http/page.ts';
import type { Queries, Services } from '../services.ts';
import { findCollection } from './collection-view.ts';
import { notFound } from './not-found.ts';

type ConnectionHandlers = Pick<Handlers<typeof brokerEndpoints>, 'listConnections' | 'getConnection' | 'listInstances'>;

const select = (queries: Queries) =>
  queries
    .selectFrom('broker_connection')
    .select(['id', 'at', 'user_id', 'user_name', 'domain', 'collection', 'session_id', 'target', 'outcome', 'failure'])
    .select(['client_address', 'client_name', 'total_ms']);
type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>;

const view = (row: Row): BrokerConnection => ({
  id: row.id,
  at: row.at.toISOString(),
  userId: row.user_id,
  user: row.user_name,
  domain: row.domain,
  collection: row.collection,
  sessionId: row.session_id,
  target: row.target,
  outcome: row.outcome,
  failure: row.failure,
  clientAddress: row.client_address,
  clientName: row.client_name,
  totalMs: row.total_ms,
});

const cursorShape = z.object({ at: z.iso.datetime(), id: z.string().max(40) });

/** What brokers decided, and the brokers. */
export function connectionHandlers({ db }: Services): ConnectionHandlers {
  return {
    async listConnections({ query }) {
      const after = readCursor(query.cursor, cursorShape);
      const collection = query.collection === undefined ? null : await findCollection(db, query.collection);
      let rows = select(db).orderBy('at', 'desc').orderBy('id', 'desc');
      if (after) rows = rows.where(sql<boolean>`(at, id) < (${after.at}::timestamptz, ${after.id})`);
      if (collection) rows = rows.where('collection_id', '=', collection.id);
      if (query.user !== undefined)
        rows = rows.where((eb) =>
          eb.or([eb('user_id', '=', query.user!), eb(sql`lower(user_name)`, '=', query.user!.toLowerCase())]),
        );
      if (query.target !== undefined) rows = rows.where(sql<boolean>`lower(target) = ${query.target.toLowerCase()}`);
      if (query.outcome !== undefined) rows = rows.where('outcome', '=', query.outcome);
      if (query.sessionId !== undefined) rows = rows.where('session_id', '=', query.sessionId);
      if (query.from !== undefined) rows = rows.where('at', '>=', new Date(query.from));
      if (query.to !== undefined) rows = rows.where('at', '<', new Date(query.to));
      const found = await rows.limit(query.limit + 1).execute();
      return pageOf(found, query.limit, ({ at, id }) => ({ at: at.toISOString(), id }), view);
    },

    async getConnection({ params }) {
      const row = await select(db).select('trace').where('id', '=', params.id).executeTakeFirst();
      if (!row) throw notFound('connection', params.id);
      const { steps, removed, candidates, chosen, totalMs } = row.trace;
      return {
        ...view(row),
        trace: {
          steps: steps.map((step) => ({ ...step })),
          removed: removed.map((one) => ({ ...one, examples: [...one.examples] })),
          candidates,
          chosen,
          totalMs,
        },
      };
    },

    async listInstances({ query }) {
      const after = readCursor(query.cursor, z.string().max(40));
      const rows = await db
        .selectFrom('broker_instance')
        .selectAll()
        .select(sql<boolean>`heartbeat_at > clock_timestamp() - interval '30 seconds'`.as('alive'))
        .$if(after !== undefined, (from) => from.where('id', '>', after!))
        .orderBy('id')
        .limit(query.limit + 1)
        .execute();
      return pageOf(
        rows,
        query.limit,
        (row) => row.id,
        (row) => ({
          id: row.id,
          name: row.name,
          address: row.address,
          version: row.version,
          counts: { ...row.counts },
          startedAt: row.started_at.toISOString(),
          heartbeatAt: row.heartbeat_at.toISOString(),
          alive: row.alive,
        }),
      );
    },
  };
}
