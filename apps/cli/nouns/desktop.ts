import { createWriteStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { contract, fillPath, type MyDesktop, ProblemError } from '@atelier/api';
import { type Invocation, text } from '../command/invocation.ts';
import type { Argument, Noun, Option, Verb } from '../command/verb.ts';
import { CliFailure, usageFailure } from '../failure/cli-failure.ts';
import { type Column, done, item, list } from '../output/output.ts';
import { runFreeRdp } from '../run/run-freerdp.ts';

const columns: readonly Column<MyDesktop>[] = [
  { title: 'name', value: (one) => one.name },
  { title: 'session', value: (one) => (one.session ? `${one.session.state} on ${one.session.target}` : 'none') },
  { title: 'can be had', value: (one) => one.available },
  { title: 'asks after a ticket', value: (one) => (one.asksPassword ? 'for a password' : 'for nothing'), wide: true },
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
      { title: 'then', value: (given) => (given.asksPassword ? 'the desktop asks for your name and password' : null) },
    ];
    return item(one, shown, one.ticket);
  },
};

const connect: Verb = {
  name: 'connect',
  summary: 'open a desktop with FreeRDP; a second password is asked for only by targets that take no single-use ones',
  arguments: [desktopArgument],
  options: [
    { flags: '--client <program>', summary: 'FreeRDP’s program (default: xfreerdp3, else xfreerdp)' },
    {
      flags: '--certificate <how>',
      summary: 'a certificate that is not by the server’s authority: refuse it, remember the first, or do not look',
      choices: ['deny', 'tofu', 'ignore'],
      default: 'deny',
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
    const client = text(call, 'client');
    const code = await runFreeRdp(client === undefined ? ['xfreerdp3', 'xfreerdp'] : [client], one, {
      certificate: text(call, 'certificate')!,
      authority: call.connection().authority,
      signal: call.signal,
    });
    // FreeRDP's own failures; below are the protocol's reasons for an end, log-off among them.
    if (code >= 128)
      throw new CliFailure({
        title: 'the desktop did not open',
        detail: `FreeRDP ended with code ${code}`,
        fix: 'see its words above; hosts whose certificates are not by the server’s authority need --certificate ignore, or a certificate of it',
      });
    return done(`${call.args.desktop} was closed`);
  },
};

export const desktopNoun: Noun = {
  name: 'desktop',
  summary: 'your own desktops behind the broker',
  group: 'Desktops of the broker:',
  verbs: [ls, connect, file, ticket],
};
