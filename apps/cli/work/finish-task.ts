import { setTimeout as sleep } from 'node:timers/promises';
import type { Task } from '@atelier/api';
import type { Invocation } from '../command/invocation.ts';
import { CliFailure } from '../failure/cli-failure.ts';
import { done, type Output } from '../output/output.ts';
import { bar, progressLine } from '../terminal/progress-line.ts';

/** Follows a task to its end, with its progress on stderr. Throws when it failed or was cancelled. */
export async function followTask(call: Invocation, taskId: string): Promise<Task> {
  const line = progressLine(call.terminal, call.common.quiet);
  let pause = 150;
  for (;;) {
    const task = await call.api.tasks.get({ params: { id: taskId } }, { signal: call.signal });
    if (task.state === 'queued' || task.state === 'running') {
      line.update([`  ${task.title}`, bar(task.progress), task.message].filter(Boolean).join('  '));
      await sleep(pause, undefined, { signal: call.signal });
      pause = Math.min(1000, pause * 1.3);
      continue;
    }
    line.end();
    if (task.state === 'done') return task;
    throw new CliFailure({
      title: task.state === 'cancelled' ? 'the task was cancelled' : 'the task failed',
      detail: task.error ? `${task.title}: ${task.error.detail} (${task.error.code})` : task.title,
      fix: `read its log: atelier task log ${task.id}`,
    });
  }
}

/** The end of a command that started long work: the finished task, or with --no-wait the task's id at once. */
export async function finishTask(call: Invocation, taskId: string, what: string): Promise<Output> {
  if (!call.common.wait)
    return done(`${what}: begun, follow it with "atelier task wait ${taskId}"`, { taskId }, taskId);
  const task = await followTask(call, taskId);
  return done(what, task, task.id);
}
