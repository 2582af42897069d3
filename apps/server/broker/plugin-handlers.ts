import type { Database } from '@atelier/adapters/postgres';
import type { BrokerPlugin, brokerEndpoints } from '@atelier/api';
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import type { Handlers, RequestContext } from '../http/handlers.ts';
import { pageOf, readCursor } from '../http/page.ts';
import { requireRevision } from '../http/revision.ts';
import type { Queries, Services } from '../services.ts';
import { notFound } from './not-found.ts';

type PluginHandlers = Pick<
  Handlers<typeof brokerEndpoints>,
  'listPlugins' | 'listPluginProblems' | 'putPlugin' | 'enablePlugin' | 'resetPlugin' | 'removePlugin'
>;

const select = (queries: Queries) =>
  queries
    .selectFrom('broker_plugin as plugin')
    .selectAll('plugin')
    .select(
      sql<BrokerPlugin['health']>`coalesce((
        select jsonb_agg(jsonb_build_object(
                 'brokerId', health.broker_id, 'broker', broker.name, 'offers', health.offers, 'state', health.state, 'failures', health.failures, 'calls', health.calls,
                 'timeOuts', health.time_outs, 'restarts', health.restarts,
                 'suspendedUntil', health.suspended_until, 'lastError', health.last_error, 'lastErrorAt', health.last_error_at) order by broker.name, broker.id)
          from broker_plugin_health health join broker_instance broker on broker.id = health.broker_id
         where health.plugin = plugin.name), '[]')`.as('health'),
    );
type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>;

const iso = (at: string | null): string | null => (at === null ? null : new Date(at).toISOString());
const view = (row: Row): BrokerPlugin => ({
  name: row.name,
  source: row.source,
  provider: row.provider,
  priority: row.priority,
  enabled: row.enabled,
  collections: row.collections,
  budgets: { ...row.budgets },
  onFailure: row.on_failure,
  allowExternal: row.allow_external,
  settings: { ...row.settings },
  health: row.health.map((one) => ({
    ...one,
    suspendedUntil: iso(one.suspendedUntil),
    lastErrorAt: iso(one.lastErrorAt),
  })),
  rev: row.rev,
});
/** What the audit log keeps: settings may hold what only the plug-in should know. */
const audited = (row: Row) => {
  const { health: _health, settings: _settings, rev: _rev, ...kept } = view(row);
  return kept;
};

async function find(queries: Queries, name: string): Promise<Row> {
  const row = await select(queries).where('plugin.name', '=', name).executeTakeFirst();
  if (!row) throw notFound('plug-in', name);
  return row;
}

/** Registrations of plug-ins, and how they fare. */
export function pluginHandlers({ db, database, audit }: Services): PluginHandlers {
  const change = (
    name: string,
    context: RequestContext,
    verb: string,
    work: (trx: Transaction<Database>) => Promise<unknown>,
  ) =>
    database.withTransaction(async (trx) => {
      await trx.selectFrom('broker_plugin').select('name').where('name', '=', name).forUpdate().execute();
      const before = await select(trx).where('plugin.name', '=', name).executeTakeFirst();
      if (before) requireRevision(context.ifMatch, before.rev);
      await work(trx);
      const after = await find(trx, name);
      await audit.append(trx, context, {
        verb,
        object: { kind: 'broker-plugin', id: name, name },
        before: before ? audited(before) : null,
        after: audited(after),
      });
      return view(after);
    });

  return {
    async listPlugins({ query }) {
      const after = readCursor(query.cursor, z.object({ priority: z.number().int(), name: z.string().max(100) }));
      const rows = await select(db)
        .$if(after !== undefined, (from) =>
          from.where(
            sql<boolean>`(-plugin.priority, plugin.name) > (${-(after?.priority ?? 0)}::int, ${after?.name ?? ''})`,
          ),
        )
        .orderBy('plugin.priority', 'desc')
        .orderBy('plugin.name')
        .limit(query.limit + 1)
        .execute();
      return pageOf(rows, query.limit, ({ priority, name }) => ({ priority, name }), view);
    },

    async listPluginProblems({ query }) {
      const after = readCursor(query.cursor, z.object({ brokerId: z.string().max(40), source: z.string().max(2000) }));
      const rows = await db
        .selectFrom('broker_plugin_problem as problem')
        .innerJoin('broker_instance as broker', 'broker.id', 'problem.broker_id')
        .selectAll('problem')
        .select('broker.name as broker')
        .$if(after !== undefined, (from) =>
          from.where(
            sql<boolean>`(problem.source, problem.broker_id) > (${after?.source ?? ''}, ${after?.brokerId ?? ''})`,
          ),
        )
        .orderBy('problem.source')
        .orderBy('problem.broker_id')
        .limit(query.limit + 1)
        .execute();
      return pageOf(
        rows,
        query.limit,
        (row) => ({ brokerId: row.broker_id, source: row.source }),
        (row) => ({
          brokerId: row.broker_id,
          broker: row.broker,
          source: row.source,
          plugin: row.plugin,
          problem: row.problem,
          fix: row.fix,
          at: row.at.toISOString(),
        }),
      );
    },

    putPlugin: ({ params: { name }, body }, context) =>
      change(name, context, 'broker-plugin.put', (trx) => {
        const values = {
          source: body.source,
          provider: body.provider,
          priority: body.priority,
          enabled: body.enabled,
          collections: body.collections,
          budgets: JSON.stringify(body.budgets),
          on_failure: body.onFailure,
          allow_external: body.allowExternal,
          overridden: true,
          settings: JSON.stringify(body.settings),
        };
        return trx
          .insertInto('broker_plugin')
          .values({ name, ...values })
          .onConflict((conflict) => conflict.column('name').doUpdateSet(values))
          .execute();
      }),

    enablePlugin: ({ params: { name }, body }, context) =>
      change(name, context, body.enabled ? 'broker-plugin.enable' : 'broker-plugin.disable', (trx) =>
        trx
          .updateTable('broker_plugin')
          .set({ enabled: body.enabled, overridden: true })
          .where('name', '=', name)
          .execute(),
      ),

    resetPlugin: ({ params: { name } }, context) =>
      change(name, context, 'broker-plugin.reset', (trx) =>
        trx
          .updateTable('broker_plugin')
          .set((eb) => ({ resets: eb('resets', '+', 1) }))
          .where('name', '=', name)
          .execute(),
      ),

    async removePlugin({ params: { name } }, context) {
      await database.withTransaction(async (trx) => {
        const before = await find(trx, name);
        requireRevision(context.ifMatch, before.rev);
        await trx.deleteFrom('broker_plugin').where('name', '=', name).execute();
        await audit.append(trx, context, {
          verb: 'broker-plugin.remove',
          object: { kind: 'broker-plugin', id: name, name },
          before: audited(before),
          after: null,
        });
      });
    },
  };
}
