import type { HostView } from '@atelier/api';
import { flag, type Invocation, number, text, texts } from '../../command/invocation.ts';
import { wholeNumber, yesOrNo } from '../../command/parse-value.ts';
import type { Option, Verb } from '../../command/verb.ts';
import { allPages } from '../../connection/all-pages.ts';
import { usageFailure } from '../../failure/cli-failure.ts';
import { formatTime } from '../../output/format-value.ts';
import { done, item, list } from '../../output/output.ts';
import { newPassword, passwordOption } from '../new-password.ts';
import { findHost, hostArgument } from './find-host.ts';
import { hostColumns, hostDetails } from './host-columns.ts';

const labelOption: Option = { flags: '-l, --label <label>', summary: 'a label; may be repeated', repeat: true };
const reaching: readonly Option[] = [
  { flags: '--auth <kind>', summary: 'how to sign in', choices: ['certificate', 'negotiate', 'basic', 'kerberos'] },
  { flags: '-u, --user <name>', summary: 'sign in as this user: name, DOMAIN\\name or name@REALM' },
  passwordOption,
  {
    flags: '--trust <what>',
    summary: '"system", "authority" (of this server), or the SHA-256 of the host’s certificate',
  },
];

export const ls: Verb = {
  name: 'ls',
  alias: 'list',
  summary: 'list hosts with their health',
  options: [
    { flags: '-s, --search <text>', summary: 'only names and addresses that contain this' },
    { flags: '-l, --label <label>', summary: 'only those with this label' },
    { flags: '--state <state>', summary: 'only those', choices: ['new', 'reachable', 'unreachable', 'refused'] },
  ],
  lists: true,
  run: async (call) => {
    const filter = {
      search: text(call, 'search'),
      label: text(call, 'label'),
      state: text(call, 'state') as HostView['state'],
    };
    const all = await allPages((query) => call.api.hosts.list({ query: { ...query, ...filter } }), call.common.limit);
    return list(all, hostColumns, (one) => one.name, 'no host is registered yet: atelier host invite');
  },
};

export const show: Verb = {
  name: 'show',
  summary: 'show a host: health, hardware, how it is reached',
  arguments: [hostArgument],
  options: [{ flags: '--now', summary: 'ask the host first' }],
  run: async (call) => {
    const found = await findHost(call.api, call.args.host!);
    const one = flag(call, 'now') ? await call.api.hosts.refresh({ params: { id: found.id } }) : found;
    return item(one, hostDetails, one.name);
  },
};

async function signInOf(call: Invocation): Promise<HostView['signIn'] | undefined> {
  const user = text(call, 'user');
  const kind = text(call, 'auth') ?? (user ? 'negotiate' : undefined);
  if (kind === undefined) return undefined;
  if (kind === 'certificate') return { kind };
  if (!user) throw usageFailure(`--auth ${kind} needs a user`, 'add --user NAME');
  const password = await newPassword(call, `password of ${user} on the host`);
  return { kind: kind as 'basic' | 'negotiate' | 'kerberos', user, password };
}

function trustOf(call: Invocation): HostView['trust'] | undefined {
  const what = text(call, 'trust');
  if (what === undefined) return undefined;
  if (what === 'system' || what === 'authority') return { kind: what };
  const sha256 = what.replaceAll(':', '').toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(sha256))
    throw usageFailure('--trust is neither "system", "authority" nor a SHA-256', 'a SHA-256 has 64 hexadecimal digits');
  return { kind: 'fingerprint', sha256 };
}

export const add: Verb = {
  name: 'add',
  summary: 'register a host that listens already, such as a Windows server',
  arguments: [
    { name: 'name', summary: 'what it shall be called' },
    { name: 'address', summary: 'https://host:5986/wsman, or just its name' },
  ],
  options: [...reaching, labelOption],
  changes: true,
  examples: [
    ['atelier host add files files.example.org -u EXAMPLE\\\\ops', 'a Windows server; asks for the password'],
    ['atelier host add lab 10.0.0.7 -u ops --trust 9f86…0a08', 'one with a certificate of its own'],
  ],
  run: async (call) => {
    const signIn = (await signInOf(call)) ?? { kind: 'certificate' as const };
    const body = {
      name: call.args.name!,
      address: call.args.address!,
      labels: [...texts(call, 'label')],
      signIn,
      trust: trustOf(call),
    };
    const one = await call.api.hosts.add({ body });
    return done(`${one.name} was registered; "atelier host show ${one.name}" tells how it is`, one, one.name);
  },
};

export const edit: Verb = {
  name: 'edit',
  summary: 'change how a host is called, reached or signed in to',
  arguments: [hostArgument],
  options: [
    { flags: '--name <name>', summary: 'a new name' },
    { flags: '--address <address>', summary: 'a new address' },
    ...reaching,
    labelOption,
    { flags: '--collect-events <yes|no>', summary: 'whether its log is collected', parse: yesOrNo },
  ],
  changes: true,
  run: async (call) => {
    const found = await findHost(call.api, call.args.host!);
    const labels = call.options.label === undefined ? undefined : [...texts(call, 'label')];
    const body = {
      name: text(call, 'name'),
      address: text(call, 'address'),
      labels,
      signIn: await signInOf(call),
      trust: trustOf(call),
      collectEvents: call.options.collectEvents as boolean | undefined,
    };
    const one = await call.api.hosts.change({ params: { id: found.id }, body }, { ifMatch: found.rev });
    return done(`${one.name} was changed`, one, one.name);
  },
};

export const rm: Verb = {
  name: 'rm',
  summary: 'forget a host; nothing changes on it',
  arguments: [hostArgument],
  changes: true,
  loses: (call) => `the host ${call.args.host} will be forgotten, with the password that is kept for it`,
  run: async (call) => {
    const found = await findHost(call.api, call.args.host!);
    await call.api.hosts.remove({ params: { id: found.id } });
    return done(`${found.name} was forgotten`);
  },
};

export const invite: Verb = {
  name: 'invite',
  summary: 'make a short-lived token, with the one command to run on the new host',
  options: [
    { flags: '--minutes <count>', summary: 'how long it holds', parse: wholeNumber(1), default: 60 },
    { flags: '--uses <count>', summary: 'how many hosts it registers', parse: wholeNumber(1), default: 1 },
    labelOption,
  ],
  changes: true,
  examples: [['atelier host invite --uses 20 --label rack-7', 'for a rack of new servers']],
  run: async (call) => {
    const body = {
      expiresInMinutes: number(call, 'minutes'),
      uses: number(call, 'uses'),
      labels: [...texts(call, 'label')],
    };
    const one = await call.api.hosts.invite({ body });
    const rows = [
      { title: 'token', value: () => one.token },
      { title: 'until', value: () => formatTime(one.expiresAt) },
      { title: 'on the host', value: () => one.command },
    ];
    return item(one, rows, one.token);
  },
};
