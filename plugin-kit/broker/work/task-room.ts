import { brokerTaskStatusSchema, taskStateOf } from '@atelier/domain/broker';
import { z } from 'zod';
import type { TaskInfo, TaskPlugin, TaskPluginNotifySink, TaskStatus } from '../src/task-plugin.ts';
import type { AtWork } from './at-work.ts';
import type { PlannedTask, TaskRecords } from './task-records.ts';

/** Milliseconds to begin, and to take a queue in. */
const patienceMs = 10_000;
/** Milliseconds between looks meanwhile whether it is in a loop. */
const aliveMs = 1000;

/** What is planned by a plug-in, which is not trusted to keep to the types. */
const plannedSchema = z.object({
  targetName: z.string().min(1).max(200),
  identifier: z.string().min(1).max(200),
  label: z.string().max(200).default(''),
  startTime: z.coerce.date(),
  endTime: z.coerce.date(),
  deadline: z.coerce.date(),
  context: z.string().max(65_536).default(''),
});

/** One start of a plug-in that does tasks: what it was given, and what it says of it. */
export interface TaskRoom<PlugIn extends AtWork<TaskPlugin> = AtWork<TaskPlugin>> {
  readonly plugIn: PlugIn;
  /** Ids of the tasks that it does. */
  readonly running: ReadonlySet<string>;
  /** Rejects when the plug-in fails or does not answer. */
  open(): Promise<void>;
  /** Hands a host's queue over. @param begun those that are new in it */
  queue(hostName: string, tasks: readonly PlannedTask[], begun: readonly PlannedTask[]): Promise<void>;
  /** These are its affair no more. */
  forget(ids: readonly string[]): void;
}

async function within(work: Promise<void> | void, plugIn: AtWork<TaskPlugin>, what: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const looking = setInterval(() => plugIn.checkAlive(), aliveMs);
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} takes more than ${patienceMs / 1000} s`)), patienceMs);
  });
  await Promise.race([work, late]).finally(() => {
    clearTimeout(timer);
    clearInterval(looking);
  });
}

const infoOf = ({ id: _id, hostName: _host, cancelRequested: _asked, ...info }: PlannedTask): TaskInfo => info;
const keyOf = (targetName: unknown, identifier: unknown): string =>
  `${String(targetName).slice(0, 200).toLowerCase()}\n${String(identifier).slice(0, 200)}`;

export function taskRoom<PlugIn extends AtWork<TaskPlugin>>(
  plugIn: PlugIn,
  fence: number,
  records: TaskRecords,
  parts: {
    readonly warn: (error: unknown, text: string) => void;
    /** New tasks may be due. */
    readonly look: () => void;
  },
): TaskRoom<PlugIn> {
  const running = new Map<string, string>();
  const byKey = new Map<string, string>();
  let release: (() => void) | null = null;
  /** Written in the order in which they were told. */
  let last: Promise<unknown> = Promise.resolve();
  const inOrder = (text: string, work: () => Promise<unknown>): void => {
    last = last.then(work).catch((error: unknown) => parts.warn(error, text));
  };
  const forget = (ids: readonly string[]): void => {
    for (const id of ids) {
      const key = running.get(id);
      if (key !== undefined) byKey.delete(key);
      running.delete(id);
    }
    if (running.size > 0) return;
    release?.();
    release = null;
  };
  const sink: TaskPluginNotifySink = {
    onSetTaskTime: (said) => {
      const parsed = plannedSchema.safeParse(said);
      if (!parsed.success)
        return parts.warn(
          parsed.error,
          `the plug-in ${plugIn.name} plans what is no task: ${parsed.error.issues[0]?.path.join('.')}`,
        );
      inOrder('a task could not be planned', async () => {
        const task: TaskInfo = { ...parsed.data, plugin: plugIn.name, status: 'unknown' };
        if (await records.plan(task)) parts.look();
        else parts.warn(null, `the plug-in ${plugIn.name} plans a task of ${task.targetName}, which is no target`);
      });
    },
    onDeleteTaskTime: (targetName, identifier) =>
      inOrder('a task could not be taken off the plan', () => records.drop(String(targetName), String(identifier))),
    onUpdateTaskStatus: (targetName, identifier, said, detail) => {
      const status = brokerTaskStatusSchema.safeParse(said).data as TaskStatus | undefined;
      const id = byKey.get(keyOf(targetName, identifier));
      if (status === undefined || id === undefined)
        return parts.warn(null, `the plug-in ${plugIn.name} tells of a task that it has not, or no status`);
      const state = taskStateOf(status);
      const line = typeof detail === 'string' ? detail : '';
      inOrder('what became of a task could not be written', () => records.update(id, fence, state, status, line));
      if (state !== 'running') forget([id]);
    },
    onReportTasks: () => parts.look(),
  };
  return {
    plugIn,
    get running() {
      return new Set(running.keys());
    },
    open: () => within(plugIn.methods.initializeTaskPlugin(sink), plugIn, 'initializeTaskPlugin'),
    async queue(hostName, tasks, begun) {
      for (const one of begun) {
        const key = keyOf(one.targetName, one.identifier);
        running.set(one.id, key);
        byKey.set(key, one.id);
      }
      // A reload leaves it alone until it is done.
      if (running.size > 0) release ??= plugIn.hold();
      await within(plugIn.methods.setTaskQueue(hostName, tasks.map(infoOf)), plugIn, 'setTaskQueue');
    },
    forget,
  };
}
