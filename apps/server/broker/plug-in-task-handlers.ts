import { newId } from '@atelier/adapters/postgres';
import type { PlugInTask, plugInWorkEndpoints } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import { sql } from 'kysely';
import { z } from 'zod';
import { actorParts } from '../audit/audit-log.ts';
import type { Handlers, RequestContext } from '../http/handlers.ts';
import { pageOf, readCursor } from '../http/page.ts';
import type { Queries, Services } from '../services.ts';
import { notFound } from './not-found.ts';

type TaskHandlers = Pick<
  Handlers<typeof plugInWorkEndpoints>,
  'listTasks' | 'getTask' | 'planTask' | 'startTask' | 'cancelTask'
>;

const select = (queries: Queries) =>
  queries
    .selectFrom('broker_task as planned')
    .innerJoin('broker_target as target', 'target.id', 'planned.target_id')
    .innerJoin('broker_collection as collection', 'collection.id', 'target.collection_id')
    .selectAll('planned')
    .select(['target.name as target_name', 'collection.name as collection_name'])
    // Nobody may be left to write that its broker died.
    .select(
      sql<boolean>`planned.state = 'running' and not exists (
        select from broker_lease lease
         where lease.name = 'plug-in-tasks/' || planned.plugin and lease.fence = planned.fence and lease.until > clock_timestamp())`.as(
        'deserted',
      ),
    );
type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>;

const view = (row: Row): PlugInTask => ({
  id: row.id,
  plugin: row.plugin,
  target: { id: row.target_id, name: row.target_name, collection: row.collection_name },
  identifier: row.identifier,
  label: row.label,
  startTime: row.start_at.toISOString(),
  endTime: row.end_at.toISOString(),
  deadline: row.deadline.toISOString(),
  context: row.context,
  plannedBy: row.planned_by,
  state: row.deserted ? 'interrupted' : row.state,
  status: row.status,
  detail: row.deserted && row.detail === '' ? 'the broker that did it ended' : row.detail,
  cancelling: row.cancel_requested && row.state === 'running' && !row.deserted,
  broker: row.broker,
  begunAt: row.begun_at?.toISOString() ?? null,
  finishedAt: row.finished_at?.toISOString() ?? null,
});

async function find(queries: Queries, id: string): Promise<Row> {
  const row = await select(queries).where('planned.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('task of a plug-in', id);
  return row;
}

const dayMs = 24 * 60 * 60 * 1000;

/** Maintenance of targets by plug-ins: planned here or by the plug-in, done by the broker that holds the plug-in's lease. */
export function plugInTaskHandlers({ db, database, audit }: Services): TaskHandlers {
  const change = (
    id: string,
    context: RequestContext,
    verb: string,
    work: (trx: Queries, row: Row) => Promise<unknown>,
  ) =>
    database.withTransaction(async (trx) => {
      await trx.selectFrom('broker_task').select('id').where('id', '=', id).forUpdate().execute();
      const before = await find(trx, id);
      await work(trx, before);
      const after = view(await find(trx, id));
      await audit.append(trx, context, {
        verb,
        object: { kind: 'broker-task', id, name: `${after.label || after.identifier} on ${after.target.name}` },
        before: { state: view(before).state },
        after: { state: after.state },
      });
      return after;
    });
  return {
    async listTasks({ query }) {
      const before = readCursor(query.cursor, z.object({ at: z.iso.datetime(), id: z.string().max(40) }));
      const rows = await select(db)
        .$if(query.plugin !== undefined, (from) => from.where('planned.plugin', '=', query.plugin!))
        .$if(query.target !== undefined, (from) =>
          from.where((eb) =>
            eb.or([
              eb(sql`target.id::text`, '=', query.target!),
              eb(sql`lower(target.name)`, '=', query.target!.toLowerCase()),
            ]),
          ),
        )
        .$if(query.state !== undefined, (from) => from.where('planned.state', '=', query.state!))
        .$if(before !== undefined, (from) =>
          from.where(
            sql<boolean>`(planned.start_at, planned.id) < (${before?.at ?? ''}::timestamptz, ${before?.id ?? ''})`,
          ),
        )
        .orderBy('planned.start_at', 'desc')
        .orderBy('planned.id', 'desc')
        .limit(query.limit + 1)
        .execute();
      return pageOf(rows, query.limit, (row) => ({ at: row.start_at.toISOString(), id: row.id }), view);
    },

    getTask: async ({ params }) => view(await find(db, params.id)),

    planTask: ({ params: { name }, body }, context) =>
      database.withTransaction(async (trx) => {
        const able = await trx
          .selectFrom('broker_plugin_health')
          .select('plugin')
          .where('plugin', '=', name)
          .where(sql<boolean>`'task' = any (offers)`)
          .executeTakeFirst();
        if (!able) throw new AtelierError('broker.no-tasks', `no broker runs a plug-in ${name} that does tasks`);
        const target = await trx
          .selectFrom('broker_target')
          .select('id')
          .where((eb) =>
            eb.or([eb(sql`id::text`, '=', body.target), eb(sql`lower(name)`, '=', body.target.toLowerCase())]),
          )
          .executeTakeFirst();
        if (!target) throw notFound('target', body.target);
        const start = body.startTime === undefined ? new Date() : new Date(body.startTime);
        const end = body.endTime === undefined ? new Date(start.getTime() + dayMs) : new Date(body.endTime);
        const deadline = body.deadline === undefined ? end : new Date(body.deadline);
        if (end < start) throw new AtelierError('request.invalid', 'the latest time to begin is before the earliest');
        const id = newId();
        await trx
          .insertInto('broker_task')
          .values({
            id,
            plugin: name,
            target_id: target.id,
            identifier: id,
            label: body.label,
            start_at: start,
            end_at: end,
            deadline,
            context: body.context,
            planned_by: actorParts(context.actor).name,
          })
          .execute();
        const made = view(await find(trx, id));
        await audit.append(trx, context, {
          verb: 'broker-task.plan',
          object: { kind: 'broker-task', id, name: `${made.label || 'a task'} on ${made.target.name}` },
          after: { plugIn: name, startTime: made.startTime },
        });
        return made;
      }),

    startTask: ({ params }, context) =>
      change(params.id, context, 'broker-task.start', (trx, row) => {
        if (row.state === 'running' && !row.deserted) throw new AtelierError('broker.in-use', 'the task runs');
        return trx
          .updateTable('broker_task')
          .set({
            state: 'planned',
            status: 'unknown',
            detail: '',
            cancel_requested: false,
            // Another one each time: by it the plug-in knows that this is a new start, and no news that crossed its own.
            start_at: sql<Date>`clock_timestamp()`,
            end_at: sql<Date>`greatest(end_at, clock_timestamp() + interval '1 day')`,
            finished_at: null,
          })
          .where('id', '=', row.id)
          .execute();
      }),

    cancelTask: ({ params }, context) =>
      change(params.id, context, 'broker-task.cancel', (trx, row) => {
        if (row.finished_at !== null) throw new AtelierError('broker.in-use', `the task is ${row.state} already`);
        const atOnce = row.state === 'planned' || row.deserted;
        return trx
          .updateTable('broker_task')
          .set(
            atOnce
              ? { state: 'cancelled', cancel_requested: true, finished_at: sql<Date>`clock_timestamp()` }
              : { cancel_requested: true },
          )
          .where('id', '=', row.id)
          .execute();
      }),
  };
}
