import type { PlugInTask } from '@atelier/api';
import { brokerTaskStateSchema } from '@atelier/domain/broker';
import { given, type Invocation, text } from '../command/invocation.ts';
import { futureMoment } from '../command/parse-value.ts';
import type { Argument, Verb } from '../command/verb.ts';
import { allPages } from '../connection/all-pages.ts';
import { formatTime } from '../output/format-value.ts';
import { type Column, done, item, list } from '../output/output.ts';

const columns: readonly Column<PlugInTask>[] = [
  { title: 'id', value: (one) => one.id },
  { title: 'plug-in', value: (one) => one.plugin },
  { title: 'target', value: (one) => one.target.name },
  { title: 'task', value: (one) => one.label || one.identifier },
  { title: 'state', value: (one) => (one.cancelling ? 'cancelling' : one.state) },
  { title: 'how far', value: (one) => (one.status === 'unknown' ? '' : one.status) },
  { title: 'begins', value: (one) => formatTime(one.begunAt ?? one.startTime) },
  { title: 'detail', value: (one) => one.detail },
  { title: 'until', value: (one) => formatTime(one.endTime), wide: true },
  { title: 'deadline', value: (one) => formatTime(one.deadline), wide: true },
  { title: 'ended', value: (one) => formatTime(one.finishedAt), wide: true },
  { title: 'planned by', value: (one) => one.plannedBy || one.plugin, wide: true },
  { title: 'on', value: (one) => one.broker, wide: true },
];
const taskArgument: Argument = { name: 'task', summary: 'the task’s id, from "atelier broker tasks"' };
const params = (call: Invocation) => ({ id: call.args.task! });
const future = (typed: string): string => futureMoment(typed) ?? '';

const tasks: Verb = {
  name: 'tasks',
  summary: 'list what plug-ins do to targets: planned, at work, done',
  options: [
    { flags: '--plug-in <name>', summary: 'only of this plug-in' },
    { flags: '-t, --target <name>', summary: 'only on this target', completes: 'target' },
    { flags: '--state <state>', summary: 'only in this state', choices: brokerTaskStateSchema.options },
  ],
  lists: true,
  run: async (call) => {
    const filter = { plugin: text(call, 'plugIn'), ...given(call, 'target', 'state') };
    const read = (query: { limit: number; cursor?: string }) =>
      call.api.plugInWork.listTasks({ query: { ...query, ...filter } });
    return list(await allPages(read, call.common.limit), columns, (one) => one.id, 'no plug-in has planned anything');
  },
};

const plan: Verb = {
  name: 'plan-task',
  summary: 'have a plug-in do its work on a target, at once or later',
  arguments: [
    { name: 'plug-in', summary: 'the plug-in’s name' },
    { name: 'target', summary: 'the target’s name', completes: 'target' },
  ],
  options: [
    { flags: '--label <text>', summary: 'what it is for' },
    {
      flags: '--at <time>',
      summary: 'not before: a time, or 2h for in two hours; now unless it is given',
      parse: future,
    },
    { flags: '--until <time>', summary: 'to be begun before; a day later unless it is given', parse: future },
    { flags: '--note <text>', summary: 'what the plug-in shall know' },
  ],
  changes: true,
  examples: [['atelier broker plan-task patcher pc-17 --at 2h --label "Monthly patches"', 'in two hours']],
  run: async (call) => {
    const body = {
      target: call.args.target!,
      startTime: text(call, 'at'),
      endTime: text(call, 'until'),
      ...given(call, 'label'),
      ...(text(call, 'note') === undefined ? {} : { context: text(call, 'note') }),
    };
    const one = await call.api.plugInWork.planTask({ params: { name: call.args.plugIn! }, body });
    return done(`planned for ${formatTime(one.startTime)}: atelier broker show-task ${one.id}`, one, one.id);
  },
};

const show: Verb = {
  name: 'show-task',
  summary: 'show a task of a plug-in',
  arguments: [taskArgument],
  run: async (call) => {
    const one = await call.api.plugInWork.getTask({ params: params(call) });
    const details = columns.map((column) => ({ ...column, wide: false }));
    return item(one, [...details, { title: 'note', value: (kept) => kept.context }], one.id);
  },
};

const start: Verb = {
  name: 'start-task',
  summary: 'start a planned task at once, or one that ended again',
  arguments: [taskArgument],
  changes: true,
  run: async (call) => {
    const one = await call.api.plugInWork.startTask({ params: params(call) });
    return done(`${one.plugin} begins with ${one.target.name} at once`, one, one.id);
  },
};

const cancel: Verb = {
  name: 'cancel-task',
  summary: 'take a task off the plan, or ask the plug-in to end it',
  arguments: [taskArgument],
  changes: true,
  run: async (call) => {
    const one = await call.api.plugInWork.cancelTask({ params: params(call) });
    return done(one.cancelling ? `${one.plugin} is asked to end it` : 'it is off the plan', one, one.id);
  },
};

/** The maintenance of targets by plug-ins. */
export const brokerTaskVerbs: readonly Verb[] = [tasks, plan, show, start, cancel];
