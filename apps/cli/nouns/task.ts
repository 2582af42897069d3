import type { Task } from '@atelier/api';
import { taskStateSchema } from '@atelier/domain/tasks';
import { given, type Invocation } from '../command/invocation.ts';
import type { Argument, Noun, Verb } from '../command/verb.ts';
import { allPages } from '../connection/all-pages.ts';
import { formatTime } from '../output/format-value.ts';
import { type Column, done, item, list } from '../output/output.ts';
import { followTask } from '../work/finish-task.ts';

const columns: readonly Column<Task>[] = [
  { title: 'id', value: (one) => one.id },
  { title: 'task', value: (one) => one.title },
  { title: 'state', value: (one) => one.state },
  { title: 'progress', value: (one) => (one.progress === null ? '' : `${Math.floor(one.progress * 100)} %`) },
  { title: 'begun', value: (one) => formatTime(one.startedAt) },
  { title: 'owner', value: (one) => one.owner, wide: true },
  { title: 'message', value: (one) => one.message, wide: true },
  { title: 'error', value: (one) => one.error?.detail, wide: true },
];
const taskArgument: Argument = { name: 'task', summary: 'the task’s id', completes: 'task' };
const params = (call: Invocation) => ({ id: call.args.task! });

const ls: Verb = {
  name: 'ls',
  alias: 'list',
  summary: 'list tasks, newest first',
  options: [{ flags: '--state <state>', summary: 'only in this state', choices: taskStateSchema.options }],
  lists: true,
  examples: [['atelier task ls --state running', 'what the server is busy with']],
  run: async (call) => {
    const read = (query: { limit: number; cursor?: string }) =>
      call.api.tasks.list({ query: { ...query, ...given(call, 'state') } });
    return list(await allPages(read, call.common.limit), columns, (one) => one.id, 'there are no tasks');
  },
};

const show: Verb = {
  name: 'show',
  summary: 'show a task',
  arguments: [taskArgument],
  run: async (call) => {
    const one = await call.api.tasks.get({ params: params(call) });
    return item(one, columns, one.id);
  },
};

const log: Verb = {
  name: 'log',
  summary: 'print a task’s log',
  arguments: [taskArgument],
  lists: true,
  run: async (call) => {
    const read = (query: { limit: number; cursor?: string }) => call.api.tasks.log({ params: params(call), query });
    const lines = await allPages(read, call.common.limit);
    if (call.common.output === 'json') return { kind: 'text', text: `${JSON.stringify(lines, null, 2)}\n` };
    return { kind: 'text', text: lines.map((one) => `${formatTime(one.at)}  ${one.line}\n`).join('') };
  },
};

const cancel: Verb = {
  name: 'cancel',
  summary: 'ask a task to stop',
  arguments: [taskArgument],
  changes: true,
  run: async (call) => {
    const one = await call.api.tasks.cancel({ params: params(call) });
    return done(`${one.title} was asked to stop`, one, one.id);
  },
};

const wait: Verb = {
  name: 'wait',
  summary: 'wait for a task’s end, with its progress; exit code 1 when it fails',
  arguments: [taskArgument],
  examples: [['atelier task wait 01J… --timeout 10m', 'gives up after ten minutes']],
  run: async (call) => {
    const one = await followTask(call, call.args.task!);
    return done(one.title, one, one.id);
  },
};

export const taskNoun: Noun = {
  name: 'task',
  summary: 'long work of the server',
  group: 'Observation:',
  verbs: [ls, show, log, cancel, wait],
};
