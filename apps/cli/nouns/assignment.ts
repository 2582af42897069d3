import type { Assignment } from '@atelier/api';
import { given, type Invocation, text, texts } from '../command/invocation.ts';
import { futureMoment, minutesOrNever, yesOrNo } from '../command/parse-value.ts';
import type { Noun, Option, Verb } from '../command/verb.ts';
import { allPages } from '../connection/all-pages.ts';
import { usageFailure } from '../failure/cli-failure.ts';
import { formatTime } from '../output/format-value.ts';
import { type Column, done, list } from '../output/output.ts';
import { findEndpoint, findGroup, findUser } from './find.ts';

const columns: readonly Column<Assignment>[] = [
  { title: 'id', value: (one) => one.id },
  { title: 'workspace', value: (one) => one.workspace },
  { title: 'to', value: (one) => `${one.principal.kind} ${one.principal.name}` },
  { title: 'enabled', value: (one) => one.enabled },
  { title: 'until', value: (one) => formatTime(one.expiresOn) },
  { title: 'offline', value: (one) => one.offlineLimitMinutes ?? 'no limit', wide: true },
  { title: 'clipboard', value: (one) => one.clipboard, wide: true },
  { title: 'files', value: (one) => one.fileTransfer, wide: true },
  { title: 'printing', value: (one) => one.printing, wide: true },
];
const directions = ['none', 'to-host', 'to-workspace', 'both'];
const reasons = ['disabled', 'expired', 'offlineExceeded'] as const;

const limits: readonly Option[] = [
  { flags: '--enabled <yes|no>', summary: 'whether it holds', parse: yesOrNo },
  {
    flags: '--expires-on <time>',
    summary: 'last moment of use: a date, 30d for in 30 days, or never',
    parse: futureMoment,
  },
  {
    flags: '--offline-limit <time>',
    summary: 'how long without the server (12h, 7d), or never',
    parse: minutesOrNever,
  },
  { flags: '--clipboard <direction>', summary: 'what may be copied', choices: directions },
  { flags: '--file-transfer <direction>', summary: 'which files may pass', choices: directions },
  { flags: '--printing <yes|no>', summary: 'printing on the host', parse: yesOrNo },
  { flags: '--cd-dvd <yes|no>', summary: 'the host’s CD and DVD', parse: yesOrNo },
  {
    flags: '--delete-when <reason>',
    summary: 'delete it from the computer then; once for each',
    choices: reasons,
    repeat: true,
  },
];

function limitsOf(call: Invocation): Record<string, unknown> {
  const { offlineLimit, ...rest } = given(
    call,
    'enabled',
    'expiresOn',
    'offlineLimit',
    'clipboard',
    'fileTransfer',
    'printing',
    'cdDvd',
  );
  const chosen = texts(call, 'deleteWhen');
  return {
    ...rest,
    ...(offlineLimit === undefined ? {} : { offlineLimitMinutes: offlineLimit }),
    ...(chosen.length > 0 ? { deleteWhen: Object.fromEntries(reasons.map((one) => [one, chosen.includes(one)])) } : {}),
  };
}

async function principalOf(call: Invocation): Promise<{ kind: 'user' | 'group' | 'device'; id: string }> {
  const [user, group, device] = ['user', 'group', 'device'].map((name) => text(call, name));
  if ([user, group, device].filter(Boolean).length !== 1)
    throw usageFailure('say to whom: one of --user, --group or --device');
  if (user) return { kind: 'user', id: (await findUser(call.api, user)).id };
  if (group) return { kind: 'group', id: (await findGroup(call.api, group)).id };
  return { kind: 'device', id: (await findEndpoint(call.api, device!)).id };
}

const ls: Verb = {
  name: 'ls',
  alias: 'list',
  summary: 'list assignments',
  options: [{ flags: '-w, --workspace <name>', summary: 'only of this workspace', completes: 'workspace' }],
  lists: true,
  examples: [['atelier assignment ls -w lab', 'who has the workspace lab']],
  run: async (call) => {
    const read = (query: { limit: number; cursor?: string }) =>
      call.api.workspaces.listAssignments({ query: { ...query, workspace: text(call, 'workspace') } });
    const empty = 'nothing is assigned yet: atelier assignment create WORKSPACE --group everyone';
    return list(await allPages(read, call.common.limit), columns, (one) => one.id, empty);
  },
};

const create: Verb = {
  name: 'create',
  summary: 'give a workspace to a user, a group or a device',
  arguments: [{ name: 'workspace', summary: 'the workspace’s name', completes: 'workspace' }],
  options: [
    { flags: '--user <name>', summary: 'to this user', completes: 'user' },
    { flags: '--group <name>', summary: 'to this group, with the groups in it', completes: 'group' },
    { flags: '--device <name>', summary: 'to whoever uses this computer', completes: 'endpoint' },
    ...limits,
  ],
  changes: true,
  examples: [
    ['atelier assignment create lab --group everyone', 'everybody has it'],
    [
      'atelier assignment create lab --user anna --expires-on 30d --offline-limit 7d',
      'for 30 days, a week offline at most',
    ],
  ],
  run: async (call) => {
    const principal = await principalOf(call);
    const body = { principal, ...limitsOf(call) };
    const one = await call.api.workspaces.assign({ params: { id: call.args.workspace! }, body });
    return done(`${one.workspace} was given to ${one.principal.kind} ${one.principal.name}`, one, one.id);
  },
};

const update: Verb = {
  name: 'update',
  summary: 'change the limits of an assignment',
  arguments: [{ name: 'id', summary: 'the assignment’s id' }],
  options: limits,
  changes: true,
  examples: [['atelier assignment update 01J… --enabled no', 'takes it away for the time being']],
  run: async (call) => {
    const one = await call.api.workspaces.updateAssignment({ params: { id: call.args.id! }, body: limitsOf(call) });
    return done(`the assignment of ${one.workspace} to ${one.principal.name} was changed`, one, one.id);
  },
};

const rm: Verb = {
  name: 'rm',
  summary: 'take a workspace away again',
  arguments: [{ name: 'id', summary: 'the assignment’s id' }],
  changes: true,
  loses: (call) => `the assignment ${call.args.id} will be removed: whoever had it can no longer start the workspace`,
  run: async (call) => {
    await call.api.workspaces.removeAssignment({ params: { id: call.args.id! } });
    return done(`assignment ${call.args.id} was removed`);
  },
};

export const assignmentNoun: Noun = {
  name: 'assignment',
  summary: 'who has which workspace, within which limits',
  group: 'Desktops:',
  verbs: [ls, create, update, rm],
};
