import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { contract, fillPath, type MyDesktop, ProblemError } from '@atelier/api';
import { type Invocation, text } from '../command/invocation.ts';
import type { Argument, Noun, Option, Verb } from '../command/verb.ts';
import { CliFailure, usageFailure } from '../failure/cli-failure.ts';
import { type Column, done, item, list } from '../output/output.ts';

const columns: readonly Column<MyDesktop>[] = [
  { title: 'name', value: (one) => one.name },
  { title: 'session', value: (one) => (one.session ? `${one.session.state} on ${one.session.target}` : 'none') },
  { title: 'can be had', value: (one) => one.available },
  { title: 'programs', value: (one) => one.applications.map(({ alias }) => alias).join(', ') },
  { title: 'description', value: (one) => one.description, wide: true },
];
const desktopArgument: Argument = { name: 'desktop', summary: 'the desktop’s name', completes: 'desktop' };
const params = (call: Invocation) => ({ collection: call.args.desktop! });
const program: Option = {
  flags: '--application <alias>',
  summary: 'one of its programs in place of the whole desktop',
};

const ls: Verb = {
  name: 'ls',
  alias: 'list',
  summary: 'list the desktops that you may use',
  run: async (call) => {
    const { items } = await call.api.myDesktops.list();
    return list(items, columns, (one) => one.name, 'no desktop is yours yet: an administrator entitles you');
  },
};

const file: Verb = {
  name: 'file',
  summary: 'write an .rdp file that any RDP client opens',
  arguments: [desktopArgument],
  options: [program, { flags: '-f, --file <path>', summary: 'where to (default: DESKTOP.rdp)', completes: 'file' }],
  examples: [['atelier desktop file Office', 'writes Office.rdp; it holds no password']],
  run: async (call) => {
    const application = text(call, 'application');
    const { path } = contract.myDesktops.rdpFile;
    const asked = application ? `?application=${encodeURIComponent(application)}` : '';
    const target = text(call, 'file') ?? `${application ?? call.args.desktop}.rdp`;
    const answer = await call.connection().open({
      method: 'GET',
      path: `${fillPath(path, params(call))}${asked}`,
      headers: {},
      signal: call.signal,
    });
    if (answer.statusCode !== 200) throw new ProblemError(JSON.parse((await buffer(answer)).toString()));
    await pipeline(answer, createWriteStream(target));
    return done(`${target} was written`, { file: target }, target);
  },
};

const ticket: Verb = {
  name: 'ticket',
  summary: 'get a password for one sign-in at the broker, good for a minute',
  arguments: [desktopArgument],
  run: async (call) => {
    const one = await call.api.myDesktops.ticket({ params: params(call) });
    type Ticket = typeof one;
    const shown: readonly Column<Ticket>[] = [
      { title: 'address', value: (given) => given.address },
      { title: 'user', value: (given) => given.user },
      { title: 'ticket', value: (given) => given.ticket },
      { title: 'until', value: (given) => given.expiresAt },
    ];
    return item(one, shown, one.ticket);
  },
};

/** Runs the client with its password on standard input: a process list shows the command line to everybody. */
async function runClient(call: Invocation, client: string, args: readonly string[], password: string): Promise<number> {
  const child = spawn(client, args, { stdio: ['pipe', 'inherit', 'inherit'], signal: call.signal });
  child.stdin.on('error', () => {});
  child.stdin.end(`${password}\n`);
  return await new Promise((resolve, reject) => {
    child.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'ENOENT'
          ? new CliFailure({
              title: 'no RDP client',
              detail: `there is no program "${client}"`,
              fix: 'install FreeRDP (apt install freerdp2-x11), or take "atelier desktop file" for another client',
            })
          : cause,
      ),
    );
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

const connect: Verb = {
  name: 'connect',
  summary: 'open a desktop with FreeRDP, without a second password',
  arguments: [desktopArgument],
  options: [
    { flags: '--client <program>', summary: 'FreeRDP’s program', default: 'xfreerdp' },
    {
      flags: '--certificate <how>',
      summary: 'what to do about a certificate that is not trusted',
      choices: ['ask', 'deny', 'tofu'],
      default: 'ask',
    },
  ],
  examples: [['atelier desktop connect Office', 'your session there, or a new one']],
  run: async (call) => {
    const one = await call.api.myDesktops.ticket({ params: params(call) });
    if (one.address === '')
      throw usageFailure(
        'no broker is set up yet',
        'an administrator says its address: atelier broker settings --address NAME',
      );
    const how = text(call, 'certificate');
    const args = [`/v:${one.address}`, `/u:${one.user}`, `/load-balance-info:${one.loadBalanceInfo}`, '/from-stdin'];
    const more = ['+auto-reconnect', '/dynamic-resolution', ...(how === 'ask' ? [] : [`/cert:${how}`])];
    const code = await runClient(call, text(call, 'client')!, [...args, ...more], one.ticket);
    return done(code === 0 ? `${call.args.desktop} was closed` : `the client ended with code ${code}`);
  },
};

export const desktopNoun: Noun = {
  name: 'desktop',
  summary: 'your own desktops behind the broker',
  group: 'Desktops of the broker:',
  verbs: [ls, connect, file, ticket],
};
