import { type DatabaseHandle, newId } from '@atelier/adapters/postgres';
import type { PlannedTask, TaskRecords } from '@atelier/plugin-kit/broker/work';
import { sql } from 'kysely';

export type { PlannedTask } from '@atelier/plugin-kit/broker/work';

/** The tasks of one plug-in in the directory. Whoever holds the lease of them writes under its fence. */
export interface PlugInTasks extends TaskRecords {
  /** What ran under older fences is over, whoever did it; also under `fence` itself when `own` says which. */
  interrupt(fence: number, own: readonly string[], why: string): Promise<void>;
  /** Planned tasks whose time to begin is over. Forgets those that ended long ago, too. */
  expire(): Promise<void>;
  /** What is due and not begun, the earliest deadline first; at most `limit`. */
  due(limit: number): Promise<readonly PlannedTask[]>;
  /** Those that run under this fence. */
  running(fence: number): Promise<readonly PlannedTask[]>;
  /** Begins a task; false when it is no longer there to be begun. */
  begin(id: string, fence: number, broker: string): Promise<boolean>;
}

/** Days after which tasks that ended are forgotten. */
const keptDays = 90;

const mostText = 2000;
const clean = (text: unknown, most: number): string =>
  String(text ?? '')
    .replaceAll('\0', '')
    .slice(0, most);

export function plugInTasks({ db }: Pick<DatabaseHandle, 'db'>, plugin: string): PlugInTasks {
  const now = sql<Date>`clock_timestamp()`;
  const select = () =>
    db
      .selectFrom('broker_task as planned')
      .innerJoin('broker_target as target', 'target.id', 'planned.target_id')
      .selectAll('planned')
      .select(['target.name', 'target.environment'])
      .where('planned.plugin', '=', plugin);
  const view = (row: Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>): PlannedTask => ({
    id: row.id,
    hostName: row.environment || row.name,
    targetName: row.name,
    identifier: row.identifier,
    label: row.label,
    startTime: row.start_at,
    endTime: row.end_at,
    deadline: row.deadline,
    context: row.context,
    plugin,
    status: row.status,
    cancelRequested: row.cancel_requested,
  });
  const targetId = async (name: string) =>
    (
      await db
        .selectFrom('broker_target')
        .select('id')
        .where(sql<boolean>`lower(name) = ${clean(name, 200).toLowerCase()}`)
        .executeTakeFirst()
    )?.id;
  return {
    async plan(task) {
      const target = await targetId(task.targetName);
      if (target === undefined) return false;
      const said = {
        label: clean(task.label, 200),
        start_at: task.startTime,
        end_at: task.endTime,
        deadline: task.deadline,
        context: clean(task.context, 65_536),
      };
      await db
        .insertInto('broker_task')
        .values({ id: newId(), plugin, target_id: target, identifier: clean(task.identifier, 200), ...said })
        .onConflict((conflict) =>
          conflict
            .columns(['plugin', 'target_id', 'identifier'])
            .doUpdateSet({
              ...said,
              state: 'planned',
              status: 'unknown',
              detail: '',
              cancel_requested: false,
              finished_at: null,
            })
            .where('broker_task.state', '<>', 'running'),
        )
        .execute();
      return true;
    },

    async drop(targetName, identifier) {
      const target = await targetId(targetName);
      if (target === undefined) return;
      await db
        .deleteFrom('broker_task')
        .where('plugin', '=', plugin)
        .where('target_id', '=', target)
        .where('identifier', '=', clean(identifier, 200))
        .where('state', '=', 'planned')
        .execute();
    },

    async interrupt(fence, own, why) {
      await db
        .updateTable('broker_task')
        .set({ state: 'interrupted', detail: clean(why, mostText), finished_at: now })
        .where('plugin', '=', plugin)
        .where('state', '=', 'running')
        .where((eb) => eb.or([eb('fence', '<', fence), ...(own.length > 0 ? [eb('id', 'in', [...own])] : [])]))
        .execute();
    },

    async expire() {
      await db
        .updateTable('broker_task')
        .set({ state: 'timed-out', detail: 'nobody began it in its time', finished_at: now })
        .where('plugin', '=', plugin)
        .where('state', '=', 'planned')
        .where('end_at', '<', now)
        .execute();
      await db
        .deleteFrom('broker_task')
        .where('plugin', '=', plugin)
        .where('finished_at', '<', sql<Date>`clock_timestamp() - ${keptDays} * interval '1 day'`)
        .execute();
    },

    due: async (limit) =>
      (
        await select()
          .where('planned.state', '=', 'planned')
          .where('planned.start_at', '<=', now)
          .orderBy('planned.deadline')
          .orderBy('planned.id')
          .limit(limit)
          .execute()
      ).map(view),

    running: async (fence) =>
      (
        await select()
          .where('planned.state', '=', 'running')
          .where('planned.fence', '=', fence)
          .orderBy('planned.deadline')
          .orderBy('planned.id')
          .execute()
      ).map(view),

    async begin(id, fence, broker) {
      const row = await db
        .updateTable('broker_task')
        .set({ state: 'running', fence, broker, begun_at: now, cancel_requested: false, detail: '' })
        .where('id', '=', id)
        .where('state', '=', 'planned')
        .returning('id')
        .executeTakeFirst();
      return row !== undefined;
    },

    async update(id, fence, state, status, detail) {
      await db
        .updateTable('broker_task')
        .set({
          state,
          status,
          ...(detail === '' ? {} : { detail: clean(detail, mostText) }),
          ...(state === 'running' ? {} : { finished_at: now }),
        })
        .where('id', '=', id)
        .where('state', '=', 'running')
        .where('fence', '=', fence)
        .execute();
    },
  };
}
