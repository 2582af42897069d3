import type { plugInWorkEndpoints, Validated } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Handlers } from '../http/handlers.ts';
import { pageOf, readCursor } from '../http/page.ts';
import type { Queries, Services } from '../services.ts';
import { taskView } from '../tasks/task-view.ts';
import { collectionObject, findCollection } from './collection-view.ts';

type MachineJobHandlers = Pick<
  Handlers<typeof plugInWorkEndpoints>,
  'listMachineJobs' | 'startMachineJob' | 'startMachineJobAgain'
>;
type Job = Validated<typeof plugInWorkEndpoints.startMachineJob>['body'];

/** Brokers claim tasks of this kind for the plug-ins that they run; the name follows. */
const prefix = 'broker-machines/';

/** The plug-in of the highest priority that is ready, somewhere, to make machines for the collection. */
async function makerOf(queries: Queries, collection: string): Promise<string> {
  const row = await queries
    .selectFrom('broker_plugin as plugin')
    .select('plugin.name')
    .where('plugin.enabled', '=', true)
    .where(sql<boolean>`(plugin.collections = '{}' or ${collection} = any (plugin.collections))`)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('broker_plugin_health as health')
          .innerJoin('broker_instance as broker', 'broker.id', 'health.broker_id')
          .select('health.plugin')
          .whereRef('health.plugin', '=', 'plugin.name')
          .where('broker.heartbeat_at', '>', sql<Date>`clock_timestamp() - interval '30 seconds'`)
          .where('health.state', 'in', ['ready', 'suspended'])
          .where(sql<boolean>`'provisioning' = any (health.offers)`),
      ),
    )
    .orderBy('plugin.priority', 'desc')
    .orderBy('plugin.name')
    .executeTakeFirst();
  if (!row) throw new AtelierError('broker.no-maker', `no plug-in is ready to make machines for ${collection}`);
  return row.name;
}

const slug = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .toLowerCase()
    .slice(0, 40) || 'vm';

/** Names as they were given, and for a count more that no target has. */
async function namesOf(queries: Queries, collection: string, { what, names, count }: Job): Promise<string[]> {
  const given = [...new Set(names)];
  if (what !== 'create' && count !== undefined)
    throw new AtelierError('request.invalid', `name the machines to ${what}: a count is for new ones`);
  if (given.length === 0 && count === undefined)
    throw new AtelierError('request.invalid', `name the machines${what === 'create' ? ', or say how many' : ''}`);
  if (count === undefined) return given;
  const { rows } = await sql<{ name: string }>`
    select ${slug(collection)} || '-' || n as name from generate_series(1, ${count + 10_000}::int) n
     where not exists (select from broker_target other where lower(other.name) = ${slug(collection)} || '-' || n)
       and not (${slug(collection)} || '-' || n = any (${given}::text[]))
     order by n limit ${count}`.execute(queries);
  return [...given, ...rows.map((one) => one.name)].slice(0, 1000);
}

/** Jobs that plug-ins do on the machines of collections: queued here, done by a broker that runs the plug-in. */
export function machineJobHandlers({ db, database, audit, tasks }: Services): MachineJobHandlers {
  const verb = { create: 'make', patch: 'patch', delete: 'delete' } as const;
  const enqueue = (
    trx: Queries,
    context: Parameters<typeof tasks.enqueue>[1],
    collection: { readonly id: string; readonly name: string },
    plugIn: string,
    value: { readonly what: Job['what']; readonly vmNames: readonly string[] } & Pick<Job, 'image' | 'settings'>,
  ) =>
    tasks.enqueue(trx, context, {
      kind: prefix + plugIn,
      title: `${verb[value.what]} ${value.vmNames.length === 1 ? value.vmNames[0] : `${value.vmNames.length} machines`} of ${collection.name} by ${plugIn}`,
      object: collectionObject(collection),
      input: { ...value, collectionId: collection.id, collection: collection.name },
      // What was half done is shown, and started again by whoever knows why it ended.
      maxAttempts: 1,
    });
  return {
    async listMachineJobs({ params, query }) {
      const collection = await findCollection(db, params.id);
      const before = readCursor(query.cursor, z.string().max(40));
      const rows = await db
        .selectFrom('task')
        .selectAll()
        .where('object_kind', '=', 'collection')
        .where('object_id', '=', collection.id)
        .where('kind', 'like', `${prefix}%`)
        .$if(before !== undefined, (select) => select.where('id', '<', before!))
        .orderBy('id', 'desc')
        .limit(query.limit + 1)
        .execute();
      return pageOf(rows, query.limit, (row) => row.id, taskView);
    },

    startMachineJob: ({ params, body }, context) =>
      database.withTransaction(async (trx) => {
        const collection = await findCollection(trx, params.id);
        const plugIn = await makerOf(trx, collection.name);
        const vmNames = await namesOf(trx, collection.name, body);
        const { what, image, settings } = body;
        const taskId = await enqueue(trx, context, collection, plugIn, { what, vmNames, image, settings });
        await audit.append(trx, context, {
          verb: `collection.${what}-machines`,
          object: collectionObject(collection),
          after: { plugIn, vmNames, image, taskId },
        });
        return { taskId };
      }),

    startMachineJobAgain: ({ params }, context) =>
      database.withTransaction(async (trx) => {
        const collection = await findCollection(trx, params.id);
        const before = await trx
          .selectFrom('task')
          .selectAll()
          .where('id', '=', params.taskId)
          .where('object_id', '=', collection.id)
          .where('kind', 'like', `${prefix}%`)
          .executeTakeFirst();
        if (!before) throw new AtelierError('task.not-found', `there is no job ${params.taskId} on ${collection.name}`);
        if (before.state !== 'failed' && before.state !== 'cancelled')
          throw new AtelierError(
            'broker.in-use',
            `the job is ${before.state}: only one that failed or was cancelled is started again`,
          );
        const { value } = before.input as { readonly value: Parameters<typeof enqueue>[4] };
        const { what, vmNames, image, settings } = value;
        const plugIn = await makerOf(trx, collection.name);
        const taskId = await enqueue(trx, context, collection, plugIn, { what, vmNames, image, settings });
        await audit.append(trx, context, {
          verb: `collection.${what}-machines`,
          object: collectionObject(collection),
          after: { plugIn, vmNames, image, taskId, again: before.id },
        });
        return { taskId };
      }),
  };
}
