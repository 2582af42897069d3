import type { DesktopSession } from '@atelier/api';
import { sessionStateSchema } from '@atelier/domain/broker';
import { given, type Invocation, text } from '../command/invocation.ts';
import type { Argument, Noun, Verb } from '../command/verb.ts';
import { allPages } from '../connection/all-pages.ts';
import { formatTime } from '../output/format-value.ts';
import { type Column, done, item, list } from '../output/output.ts';

const columns: readonly Column<DesktopSession>[] = [
  { title: 'id', value: (one) => one.id },
  { title: 'user', value: (one) => (one.domain ? `${one.domain}\\${one.user}` : one.user) },
  { title: 'target', value: (one) => one.target.name },
  { title: 'collection', value: (one) => one.collection.name },
  { title: 'state', value: (one) => one.state },
  { title: 'since', value: (one) => formatTime(one.createdAt) },
  { title: 'from', value: (one) => [one.clientName, one.clientAddress].filter(Boolean).join(' '), wide: true },
  { title: 'on the host', value: (one) => one.hostSessionId, wide: true },
];
const details: readonly Column<DesktopSession>[] = [
  ...columns,
  { title: 'can be commanded', value: (one) => one.managed },
  { title: 'program', value: (one) => one.initialProgram || null },
  {
    title: 'screen',
    value: ({ clientDisplay: shown }) => (shown ? `${shown.width} × ${shown.height}, ${shown.depth} bit` : null),
  },
  { title: 'disconnected', value: (one) => formatTime(one.disconnectedAt) },
  { title: 'ended', value: (one) => formatTime(one.endedAt) },
  { title: 'why', value: (one) => one.endReason },
];
const sessionArgument: Argument = { name: 'session', summary: 'the session’s id', completes: 'session' };
const params = (call: Invocation) => ({ id: call.args.session! });

const ls: Verb = {
  name: 'ls',
  alias: 'list',
  summary: 'list who is on which target',
  options: [
    { flags: '-c, --collection <name>', summary: 'only of this collection', completes: 'collection' },
    { flags: '-t, --target <name>', summary: 'only on this target', completes: 'target' },
    { flags: '--user <name>', summary: 'only of this person', completes: 'user' },
    { flags: '--state <state>', summary: 'only in this state', choices: sessionStateSchema.options },
    {
      flags: '--which <which>',
      summary: 'live ones (the default), ended ones, or all',
      choices: ['live', 'ended', 'all'],
    },
  ],
  lists: true,
  examples: [['atelier session ls -t rdsh1', 'who is on rdsh1 now']],
  run: async (call) => {
    const filter = given(call, 'collection', 'target', 'user', 'state', 'which') as { user?: string };
    const read = (query: { limit: number; cursor?: string }) =>
      call.api.desktopSessions.list({ query: { ...query, ...filter } });
    return list(await allPages(read, call.common.limit), columns, (one) => one.id, 'nobody is on a target');
  },
};

const show: Verb = {
  name: 'show',
  summary: 'show a session',
  arguments: [sessionArgument],
  run: async (call) => {
    const one = await call.api.desktopSessions.get({ params: params(call) });
    return item(one, details, one.id);
  },
};

const disconnect: Verb = {
  name: 'disconnect',
  summary: 'disconnect a person; their session goes on',
  arguments: [sessionArgument],
  changes: true,
  run: async (call) => {
    const one = await call.api.desktopSessions.disconnect({ params: params(call) });
    return done(`${one.user} is disconnected from ${one.target.name}`, one, one.id);
  },
};

const logOff: Verb = {
  name: 'log-off',
  summary: 'end a session on its host',
  arguments: [sessionArgument],
  changes: true,
  loses: (call) => `the session ${call.args.session} will be ended: what was not saved in it is lost`,
  run: async (call) => {
    const one = await call.api.desktopSessions.logOff({ params: params(call) });
    return done(`${one.user} is logged off from ${one.target.name}`, one, one.id);
  },
};

const message: Verb = {
  name: 'message',
  summary: 'show a person a message in their session',
  arguments: [sessionArgument, { name: 'text', summary: 'what to say' }],
  options: [{ flags: '--title <text>', summary: 'what stands above it' }],
  changes: true,
  examples: [['atelier session message 01J… "please save: rdsh1 restarts at noon"', '']],
  run: async (call) => {
    const title = text(call, 'title');
    await call.api.desktopSessions.message({
      params: params(call),
      body: { text: call.args.text!, ...(title ? { title } : {}) },
    });
    return done('the message was shown');
  },
};

export const desktopSessionNoun: Noun = {
  name: 'session',
  summary: 'people on targets of the broker',
  group: 'Desktops of the broker:',
  verbs: [ls, show, disconnect, logOff, message],
};
