import type { BrokerPlugin } from '../src/broker-plugin.ts';
import type { TaskInfo } from '../src/task-plugin.ts';
import { taskRoom } from '../work/index.ts';
import type { KeptTask, MemoryTasks } from './memory-tasks.ts';

/** One start of a plug-in that does tasks, under the hands of a broker that begins only what it is told to. */
export interface TaskBench {
  /** What the broker would log of it. */
  readonly complaints: readonly string[];
  /** What ran before is interrupted, and the plug-in begins: it plans its tasks. */
  open(): Promise<void>;
  /** Plans a task as a person does, for now unless its times are said. Gives its id. */
  plan(task: Pick<TaskInfo, 'targetName'> & Partial<TaskInfo>): Promise<string>;
  /** Hands over what is due at that time, now unless it is said. Gives what is new in the queues. */
  begin(at?: Date): Promise<readonly KeptTask[]>;
  /** Hands the queues over once more, with nothing new in them. */
  remind(): Promise<void>;
  /** A person cancels a task that runs: it is gone from its queue. */
  cancel(id: string): Promise<void>;
  /** Waits until nothing runs, or the milliseconds are over; gives whether nothing runs. */
  idle(milliseconds: number): Promise<boolean>;
}

let fences = 0;

/** @param tasks those of the plug-in; give the same ones to its next start */
export function taskBench(plugin: BrokerPlugin, tasks: MemoryTasks): TaskBench {
  const { initializeTaskPlugin, setTaskQueue } = plugin;
  if (!initializeTaskPlugin || !setTaskQueue)
    throw new Error('a plug-in that does tasks has initializeTaskPlugin and setTaskQueue');
  const complaints: string[] = [];
  const nothing = (): void => {};
  const methods = {
    initializeTaskPlugin: initializeTaskPlugin.bind(plugin),
    setTaskQueue: setTaskQueue.bind(plugin),
  };
  const { name } = plugin;
  const room = taskRoom(
    { name, provider: name, methods, hold: () => nothing, checkAlive: nothing, reset: nothing },
    ++fences,
    tasks,
    { warn: (_, text) => complaints.push(text), look: nothing },
  );
  const running = (): readonly KeptTask[] => tasks.all.filter((one) => room.running.has(one.id));
  return {
    complaints,
    async open() {
      for (const { id, state } of tasks.all)
        if (state === 'running') tasks.set(id, { state: 'interrupted', detail: 'the broker that did it ended' });
      await room.open();
      // What it plans is written in order, a moment later.
      await new Promise((resolve) => setTimeout(resolve, 10));
    },
    async plan(said) {
      const now = new Date();
      const later = new Date(now.getTime() + 86_400_000);
      const task = {
        identifier: 'asked',
        label: '',
        startTime: now,
        endTime: later,
        deadline: later,
        context: '',
        plugin: name,
        status: 'unknown' as const,
        ...said,
      };
      if (!(await tasks.plan(task))) throw new Error(`there is no target ${task.targetName}`);
      return tasks.all.find((one) => one.targetName === task.targetName && one.identifier === task.identifier)!.id;
    },
    async begin(at = new Date()) {
      const due = tasks.due(at);
      for (const { id } of due) tasks.set(id, { state: 'running' });
      for (const host of new Set(due.map((one) => one.hostName))) {
        const begun = due.filter((one) => one.hostName === host);
        await room.queue(host, [...running().filter((one) => one.hostName === host), ...begun], begun);
      }
      return due;
    },
    async remind() {
      const all = running();
      for (const host of new Set(all.map((one) => one.hostName)))
        await room.queue(
          host,
          all.filter((one) => one.hostName === host),
          [],
        );
    },
    async cancel(id) {
      const gone = running().find((one) => one.id === id);
      if (!gone) return;
      await room.queue(
        gone.hostName,
        running().filter((one) => one.hostName === gone.hostName && one.id !== id),
        [],
      );
      tasks.set(id, { state: 'cancelled' });
      room.forget([id]);
    },
    async idle(milliseconds) {
      for (
        const until = performance.now() + milliseconds;
        performance.now() < until;
        await new Promise((resolve) => setTimeout(resolve, 10))
      )
        if (tasks.all.every((one) => one.state !== 'running')) return true;
      return tasks.all.every((one) => one.state !== 'running');
    },
  };
}
