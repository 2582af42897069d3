import type { BrokerFinding } from './finding.ts';
import { createMemoryStore, type MemoryStore } from './memory-provider.ts';
import { type MemoryTasks, memoryTasks } from './memory-tasks.ts';
import { type TaskBench, taskBench } from './task-bench.ts';
import { beginTrial, ownTarget, type StartPlugIn, type Trial, type WorkTrialOptions } from './work-trial.ts';

type Say = (severity: BrokerFinding['severity'], message: string) => void;

/** Milliseconds after which what a plug-in says of a task that was taken from it is no coincidence. */
const graceMs = 250;
const planned = (tasks: MemoryTasks): readonly string[] =>
  tasks.all.map((one) => `${one.targetName} ${one.identifier}`);

/** What people see of the targets in the end. */
const seen = (store: MemoryStore): string =>
  [...store.targets.values()].map(({ name, state, drain }) => `${name} ${state}${drain ? ' drained' : ''}`).join(', ');

/** Has the plug-in plan its tasks and do them, in memory. Everything that is wrong is said. */
export async function checkTasks(start: StartPlugIn, options: WorkTrialOptions, say: Say): Promise<void> {
  const { machines, patience } = options;
  const [name = 'check-1', other = 'check-2'] = machines;
  const newStore = (): MemoryStore => createMemoryStore([ownTarget(name, options), ownTarget(other, options)]);
  const open = async (tasks: MemoryTasks, trial: Trial): Promise<TaskBench | null> => {
    const bench = taskBench(trial.plugin, tasks);
    try {
      await bench.open();
    } catch (error) {
      say('error', `initializeTaskPlugin fails: ${(error as Error).message}`);
      return null;
    }
    for (const one of bench.complaints) say('error', one);
    return bench;
  };
  /** Plans a task as a person does, and has it begun. */
  const ask = async (bench: TaskBench, targetName: string, identifier: string): Promise<string> => {
    const id = await bench.plan({ targetName, identifier, label: 'Check' });
    await bench.begin();
    return id;
  };

  const store = newStore();
  const tasks = memoryTasks(store);
  let trial = await beginTrial(start, options, store);
  try {
    const first = await open(tasks, trial);
    if (!first) return;
    const before = planned(tasks);
    await trial.kill();
    trial = await beginTrial(start, options, store);
    const bench = await open(tasks, trial);
    if (!bench) return;
    const more = planned(tasks).filter((one) => !before.includes(one));
    if (more.length > 0)
      say('error', `plans ${more.length} tasks more each time that it starts: give a task the same identifier again`);

    const began = trial.written();
    const id = await ask(bench, name, 'asked-1').catch((error: Error) => void say('error', error.message));
    if (id === undefined) return;
    await bench.remind();
    const idle = await bench.idle(patience);
    const done = tasks.all.find((one) => one.id === id);
    if (!idle && done?.told.length === 0)
      say(
        'error',
        `says nothing of a task within ${patience} ms: tell onUpdateTaskStatus how it does, and what became of it`,
      );
    else if (!idle) say('warning', `a task takes more than ${patience} ms here: its end was not looked at`);
    await new Promise((resolve) => setTimeout(resolve, graceMs));
    if (bench.complaints.length > 0)
      say('error', `a task that is in its queue twice: ${[...new Set(bench.complaints)].join('; ')}`);
    const wrote = trial.written() - began;
    const result = seen(store);

    const told = bench.complaints.length;
    const cancelled = await ask(bench, other, 'asked-2').catch((error: Error) => void say('error', error.message));
    if (cancelled !== undefined) {
      await bench.cancel(cancelled).catch((error: Error) => say('error', `setTaskQueue fails: ${error.message}`));
      await new Promise((resolve) => setTimeout(resolve, graceMs));
      const soon = bench.complaints.length;
      await new Promise((resolve) => setTimeout(resolve, Math.min(patience, graceMs * 4)));
      if (bench.complaints.length > soon && soon >= told)
        say('warning', 'goes on with a task that was taken out of its queue');
    }
    if (idle) await checkKills(wrote, result);
  } finally {
    await trial.kill();
  }

  /** Killed after each of its writes, the task is interrupted, and started again as a person does. */
  async function checkKills(writes: number, result: string): Promise<void> {
    for (let lives = 1; lives <= Math.min(writes, options.kills); lives++) {
      const where = `killed after ${lives} of a task's writes and started again, it`;
      const struck = newStore();
      const kept = memoryTasks(struck);
      // What it writes as it starts is not counted: it is killed in the middle of the task.
      const counted = await beginTrial(start, options, newStore());
      await open(memoryTasks(counted.store), counted);
      const atStart = counted.written();
      await counted.kill();
      const victim = await beginTrial(start, options, struck, atStart + lives);
      const bench = await open(kept, victim);
      if (!bench) return;
      const asked = ask(bench, name, 'asked-1').then(
        () => bench.idle(patience),
        () => undefined,
      );
      await Promise.race([asked, victim.died]);
      await victim.kill();
      const second = await beginTrial(start, options, struck);
      const anew = await open(kept, second);
      if (!anew) return;
      await ask(anew, name, 'asked-1').catch((error: Error) => say('error', `${where} fails: ${error.message}`));
      if (!(await anew.idle(patience))) say('error', `${where} does not end it`);
      if (seen(struck) !== result) say('error', `${where} leaves ${seen(struck)} in place of ${result}`);
      await second.kill();
    }
  }
}
