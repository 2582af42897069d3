import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { LocalWorkspace } from '@atelier/api';
import type { InstanceAction } from '@atelier/domain/workspaces';
import { flag, type Invocation, number, text } from '../command/invocation.ts';
import { wholeNumber } from '../command/parse-value.ts';
import type { Argument, LoneVerb } from '../command/verb.ts';
import { usageFailure } from '../failure/cli-failure.ts';
import { followAction } from '../local/follow-action.ts';
import { type LocalClient, openLocalClient } from '../local/local-client.ts';
import { transferCell, transfersLine } from '../local/transfer-line.ts';
import { formatBytes } from '../output/format-value.ts';
import { type Column, done, list, type Output } from '../output/output.ts';
import { askSecret, askText, secretsFromInput } from '../terminal/ask.ts';

const group = 'On this computer:';
const columns: readonly Column<LocalWorkspace>[] = [
  { title: 'workspace', value: (one) => one.name },
  { title: 'state', value: (one) => one.state },
  { title: 'version', value: (one) => one.version },
  { title: 'update', value: (one) => (one.updateAvailable ? `version ${one.updateAvailable}` : '') },
  {
    title: 'offline',
    value: (one) =>
      one.offline.state === 'fresh' ? '' : `${one.offline.state} (${Math.round(one.offline.minutes)} min)`,
  },
  { title: 'transfer', value: (one) => transferCell(one.transfer) },
  { title: 'possible', value: (one) => one.actions, wide: true },
  { title: 'error', value: (one) => one.error?.detail, wide: true },
  { title: 'help', value: (one) => one.supportContact, wide: true },
];
const nameArgument: Argument = { name: 'workspace', summary: 'its name', completes: 'local-workspace' };

const withClient = async <T>(work: (client: LocalClient) => Promise<T>): Promise<T> => {
  const client = openLocalClient();
  try {
    return await work(client);
  } finally {
    client.close();
  }
};

const secret = (call: Invocation, question: string) =>
  flag(call, 'passwordStdin')
    ? secretsFromInput(call.terminal, 1).then(([first]) => first!)
    : askSecret(call.terminal, question, 'nobody can be asked here: pipe the password in and add --password-stdin');

async function act(
  call: Invocation,
  action: InstanceAction,
  body: { version?: number; password?: string } = {},
): Promise<Output> {
  const name = call.args.workspace!;
  return withClient(async (client) => {
    const begun = await client.api.act({ params: { name, action }, body }, { signal: call.signal });
    if (!call.common.wait) return done(`${name}: ${action} has begun`, begun, name);
    const now = await followAction(call, client, name, action);
    return done(`${name} is ${now.state}${now.version ? `, version ${now.version}` : ''}`, now, name);
  });
}

/** Actions that need no more than the workspace's name. */
const plain: readonly (readonly [action: InstanceAction, summary: string, example: string])[] = [
  ['start', 'start a workspace; fetches what is missing first', 'shows the transfer by source, returns when it runs'],
  ['stop', 'stop a workspace in good order', 'shuts the system in it down, or saves its state, as its policy says'],
  ['restart', 'restart the system in a workspace', 'stops and starts it'],
  ['lock', 'lock a running workspace', 'hides its screen until the password is given'],
  ['fetch', 'fetch the newest version, without starting it', 'a running workspace goes on meanwhile'],
  ['pause', 'pause a transfer', 'what was fetched stays'],
  ['revert', 'throw away what happened in the system since it was last clean', 'the data disk stays'],
  ['reset', 'begin afresh: the system as published, the data disk kept', 'like the first start, with the data there'],
];
const losing: Readonly<Record<string, (name: string) => string>> = {
  revert: (name) => `what was changed in the system of ${name} will be lost`,
  reset: (name) => `everything in the system of ${name} will be lost, in every version; the person’s data stays`,
};

const plainVerbs: readonly LoneVerb[] = plain.map(([action, summary, example]) => ({
  group,
  name: action,
  summary,
  arguments: [nameArgument],
  waits: true,
  loses: losing[action] && ((call) => losing[action]!(call.args.workspace!)),
  examples: [[`atelier ${action} debian-lab`, example]],
  run: (call) => act(call, action),
}));

const unlock: LoneVerb = {
  group,
  name: 'unlock',
  summary: 'unlock a workspace with your password',
  arguments: [nameArgument],
  options: [{ flags: '--password-stdin', summary: 'read the password from standard input instead of asking' }],
  waits: true,
  run: async (call) => act(call, 'unlock', { password: await secret(call, 'password') }),
};

const switchVersion: LoneVerb = {
  group,
  name: 'switch',
  summary: 'switch a stopped workspace to another version that is on this computer',
  arguments: [nameArgument, { name: 'version', summary: 'without it the newest', optional: true }],
  waits: true,
  examples: [['atelier switch debian-lab 1', 'back to version 1; the person’s data stays']],
  run: (call) => act(call, 'switch-version', call.args.version ? { version: Number(call.args.version) } : {}),
};

const status: LoneVerb = {
  group,
  name: 'status',
  summary: 'this computer’s connection and workspaces',
  options: [{ flags: '--watch', summary: 'print a line at each change, until Ctrl-C' }],
  examples: [['atelier status -o json', 'everything, for scripts']],
  run: (call) =>
    withClient(async (client) => {
      if (flag(call, 'watch')) {
        for await (const now of client.watch(call.signal))
          call.terminal.out.write(
            call.common.output === 'json'
              ? `${JSON.stringify(now)}\n`
              : `${now.connection}  ${now.workspaces.map((one) => `${one.name}: ${one.state}`).join(', ')}\n`,
          );
        return undefined;
      }
      const now = await client.api.status({}, { signal: call.signal });
      if (call.common.output === 'json') return { kind: 'text', text: `${JSON.stringify(now, null, 2)}\n` };
      if (call.common.output === 'yaml') return { kind: 'text', text: (await import('yaml')).stringify(now) };
      const who = now.user ? `signed in as ${now.user.name}` : 'nobody is signed in (atelier sign-in)';
      const about = [
        `${now.server ?? 'no server'}: ${now.connection}; ${who}; ${now.accelerator}`,
        transfersLine(now.transfers),
      ];
      if (!call.common.quiet) for (const line of about) if (line !== '') call.terminal.err.write(`${line}\n`);
      const empty = now.user ? 'no workspace is assigned to you' : 'sign in to see your workspaces: atelier sign-in';
      return list(now.workspaces, columns, (one) => one.name, empty);
    }),
};

const words = ['pause', 'resume', 'now'] as const;
const transfers: LoneVerb = {
  group,
  name: 'transfers',
  summary: 'pause all transfers of this computer, resume them, or go on now whatever the schedule says',
  arguments: [{ name: 'word', summary: words.join(', '), completes: words }],
  examples: [
    ['atelier transfers pause', 'for the video call; what you fetch or start after that goes on'],
    ['atelier transfers resume', 'as the policy says'],
    ['atelier transfers now', 'on battery, a metered link or in working hours too, until all are done'],
  ],
  run: (call) =>
    withClient(async (client) => {
      const word = words.find((one) => one === call.args.word);
      if (!word) throw usageFailure(`there is no "${call.args.word}"`, `say one of ${words.join(', ')}`);
      const now = await client.api.transfers({ params: { word } }, { signal: call.signal });
      return done(transfersLine(now.transfers) || 'transfers go on as the policy says', now.transfers, word);
    }),
};

const signIn: LoneVerb = {
  group,
  name: 'sign-in',
  summary: 'sign in on this computer, to use workspaces',
  arguments: [{ name: 'user', summary: 'your name', optional: true }],
  options: [{ flags: '--password-stdin', summary: 'read the password from standard input instead of asking' }],
  run: (call) =>
    withClient(async (client) => {
      const suggested = userInfo().username;
      const name =
        call.args.user ??
        ((await askText(call.terminal, `name [${suggested}]`, 'say who you are: atelier sign-in NAME')) || suggested);
      const now = await client.api.signIn(
        { body: { name, password: await secret(call, 'password') } },
        { signal: call.signal },
      );
      return done(
        `signed in as ${now.user?.name ?? name}: ${now.workspaces.map((one) => one.name).join(', ') || 'no workspaces yet'}`,
        now,
        name,
      );
    }),
};

const signOut: LoneVerb = {
  group,
  name: 'sign-out',
  summary: 'sign out on this computer; running workspaces are locked',
  run: () => withClient(async (client) => done('signed out', await client.api.signOut())),
};

const logs: LoneVerb = {
  group,
  name: 'logs',
  summary: 'the last lines of a workspace’s console, or of the client’s log',
  arguments: [{ ...nameArgument, optional: true, summary: 'without it the client’s own log' }],
  options: [{ flags: '-n, --lines <count>', summary: 'so many', parse: wholeNumber(1), default: 200 }],
  run: (call) =>
    withClient(async (client) => {
      const { lines } = await client.api.logs({
        query: { workspace: call.args.workspace, lines: number(call, 'lines') },
      });
      return { kind: 'text', text: lines.map((one) => `${one}\n`).join('') };
    }),
};

const diagnostics: LoneVerb = {
  group,
  name: 'diagnostics',
  summary: 'write a bundle without secrets for the helpdesk',
  options: [
    { flags: '-t, --to <file>', summary: 'where to', default: 'atelier-diagnostics.tar.gz', completes: 'file' },
  ],
  run: (call) =>
    withClient(async (client) => {
      const one = await client.api.diagnostics(
        { body: { target: resolve(text(call, 'to')!) } },
        { signal: call.signal },
      );
      return done(`${one.file} (${formatBytes(one.bytes)})`, one, one.file);
    }),
};

export const localVerbs: readonly LoneVerb[] = [
  status,
  transfers,
  signIn,
  signOut,
  ...plainVerbs,
  unlock,
  switchVersion,
  logs,
  diagnostics,
];
