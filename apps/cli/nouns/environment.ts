import { readFile } from 'node:fs/promises';
import { type EnvironmentTest, type EnvironmentView, ProblemError } from '@atelier/api';
import { environmentDrivers, environmentSecretSchema } from '@atelier/domain/broker';
import { flag, given, type Invocation, text, texts } from '../command/invocation.ts';
import { wholeNumber, yesOrNo } from '../command/parse-value.ts';
import type { Argument, Noun, Option, Verb } from '../command/verb.ts';
import { allPages } from '../connection/all-pages.ts';
import { usageFailure } from '../failure/cli-failure.ts';
import { type Column, done, item, list } from '../output/output.ts';
import { printOutput } from '../output/print-output.ts';
import { askSecret } from '../terminal/ask.ts';
import { propertyOf } from './property-of.ts';

const columns: readonly Column<EnvironmentView>[] = [
  { title: 'name', value: (one) => one.name },
  { title: 'driver', value: (one) => one.driver || 'a plug-in’s' },
  { title: 'targets', value: (one) => one.targets },
  { title: 'weight', value: (one) => one.serverWeight },
  { title: 'secrets', value: (one) => one.secrets.join(', ') || null },
  { title: 'settings', value: (one) => (Object.keys(one.settings).length > 0 ? one.settings : null), wide: true },
];
const details: readonly Column<EnvironmentView>[] = [
  ...columns,
  { title: 'properties', value: (one) => (Object.keys(one.properties).length > 0 ? one.properties : null) },
];
const environmentArgument: Argument = {
  name: 'environment',
  summary: 'the environment’s name',
  completes: 'environment',
};
const params = (call: Invocation) => ({ name: call.args.environment! });

const settings: readonly Option[] = [
  {
    flags: '--machine <host name>',
    summary: 'qemu: the broker’s machine that these run on, when brokers run on several',
  },
  { flags: '--address <address>', summary: 'qemu: where brokers reach the guests (127.0.0.1)' },
  { flags: '--accelerator <which>', summary: 'qemu: how guests run', choices: ['best', 'kvm', 'tcg'] },
  { flags: '--uri <address>', summary: 'libvirt: such as qemu+ssh://broker@kvm1.example.org/system' },
  { flags: '--user <name>', summary: 'ipmi: an operator of the controllers' },
  {
    flags: '--password-file <path>',
    summary: 'ipmi: a file on the broker’s machine, in place of the secret "password"',
    completes: 'file',
  },
  { flags: '--broadcast <address>', summary: 'wake-on-lan: the broadcast address of their network' },
  { flags: '--port <number>', summary: 'ipmi (623) and wake-on-lan (9): the UDP port', parse: wholeNumber(1) },
  { flags: '--program <path>', summary: 'command: your program on the broker’s machine', completes: 'file' },
  { flags: '--tells-endpoints <yes|no>', summary: 'command: it also says where a machine listens', parse: yesOrNo },
  { flags: '--timeout-seconds <count>', summary: 'libvirt and command: for each order', parse: wholeNumber(1) },
  { flags: '--setting <name=value>', summary: 'what a plug-in’s own driver wants; once for each', repeat: true },
  {
    flags: '--weight <number>',
    summary: '1 to 10000: 200 gets twice as many new machines as 100',
    parse: wholeNumber(1),
  },
  { flags: '--property <name=value>', summary: 'what plug-ins want to know; once for each', repeat: true },
];

/** What was given, over what there is. */
function bodyOf(call: Invocation, before?: EnvironmentView) {
  const named = given(
    call,
    'machine',
    'address',
    'accelerator',
    'uri',
    'user',
    'passwordFile',
    'broadcast',
    'port',
    'program',
    'tellsEndpoints',
    'timeoutSeconds',
  );
  const more = Object.fromEntries(texts(call, 'setting').map(propertyOf));
  const properties = texts(call, 'property');
  return {
    driver: text(call, 'driver') ?? before?.driver ?? '',
    serverWeight: (call.options.weight as number | undefined) ?? before?.serverWeight ?? 100,
    settings: { ...before?.settings, ...more, ...named },
    properties: properties.length > 0 ? Object.fromEntries(properties.map(propertyOf)) : { ...before?.properties },
  };
}

const ls: Verb = {
  name: 'ls',
  alias: 'list',
  summary: 'list where virtual machines and computers are switched',
  lists: true,
  run: async (call) => {
    const read = (query: { limit: number; cursor?: string }) => call.api.targets.listEnvironments({ query });
    const empty = 'there are none yet: atelier environment add here --driver qemu';
    return list(await allPages(read, call.common.limit), columns, (one) => one.name, empty);
  },
};

const show: Verb = {
  name: 'show',
  summary: 'show an environment',
  arguments: [environmentArgument],
  run: async (call) => {
    const one = await call.api.targets.getEnvironment({ params: params(call) });
    return item(one, details, one.name);
  },
};

const add: Verb = {
  name: 'add',
  summary: 'say how the machines of one place are switched',
  arguments: [{ name: 'environment', summary: 'its name' }],
  options: [
    {
      flags: '--driver <driver>',
      summary: `${environmentDrivers.join(', ')}, or a plug-in’s own`,
      completes: environmentDrivers,
      required: true,
    },
    ...settings,
  ],
  changes: true,
  examples: [
    ['atelier environment add here --driver qemu', 'virtual machines on the broker’s own machine'],
    ['atelier environment add kvm1 --driver libvirt --uri qemu+ssh://broker@kvm1/system', 'then: secret kvm1 ssh-key'],
    ['atelier environment add rack-1 --driver ipmi --user operator', 'blades; then: secret rack-1 password'],
    [
      'atelier environment add floor-2 --driver wake-on-lan --broadcast 10.2.255.255',
      'computers that wake by a packet',
    ],
    ['atelier environment add cloud --driver command --program /usr/local/bin/switch', 'everything else'],
  ],
  run: async (call) => {
    const there = await call.api.targets.getEnvironment({ params: params(call) }).catch((error: unknown) => {
      if (error instanceof ProblemError && error.problem.status === 404) return null;
      throw error;
    });
    if (there)
      throw usageFailure(`${there.name} is there already`, `change it: atelier environment update ${there.name}`);
    const one = await call.api.targets.putEnvironment({ params: params(call), body: bodyOf(call) });
    return done(`environment ${one.name} is known: atelier environment test ${one.name}`, one, one.name);
  },
};

const update: Verb = {
  name: 'update',
  summary: 'change an environment; what is not named stays',
  arguments: [environmentArgument],
  options: settings,
  changes: true,
  run: async (call) => {
    const before = await call.api.targets.getEnvironment({ params: params(call) });
    const body = bodyOf(call, before);
    const one = await call.api.targets.putEnvironment({ params: params(call), body }, { ifMatch: before.rev });
    return done(`environment ${one.name} was changed`, one, one.name);
  },
};

const secretArgument: Argument = {
  name: 'secret',
  summary: 'password (ipmi), ssh-key (libvirt) or input (command: what your program reads on its standard input)',
  completes: environmentSecretSchema.options,
};
const secretParams = (call: Invocation) => {
  const secret = environmentSecretSchema.safeParse(call.args.secret);
  if (secret.success) return { ...params(call), secret: secret.data };
  throw usageFailure(
    `there is no secret "${call.args.secret}"`,
    `take one of ${environmentSecretSchema.options.join(', ')}`,
  );
};
const mostSecret = 16_384;

async function readSecret(call: Invocation): Promise<string> {
  const file = text(call, 'file');
  const most = () => usageFailure(`the secret is longer than ${mostSecret} bytes`);
  if (file) {
    const kept = await readFile(file, 'utf8').catch((cause: Error) => {
      throw usageFailure(`${file} cannot be read: ${cause.message}`);
    });
    if (kept.length > mostSecret) throw most();
    return kept.replace(/\r?\n$/, '');
  }
  if (!flag(call, 'stdin'))
    return askSecret(call.terminal, 'secret', 'nobody can be asked here: add --stdin and pipe it in, or --file PATH');
  let read = '';
  for await (const chunk of call.terminal.input) {
    read += String(chunk);
    if (read.length > mostSecret) throw most();
  }
  return read.replace(/\r?\n$/, '');
}

const secret: Verb = {
  name: 'secret',
  summary: 'keep a secret with which machines are switched; it lies sealed in the database, and is never shown',
  arguments: [environmentArgument, secretArgument],
  options: [
    { flags: '--stdin', summary: 'read it from standard input instead of asking' },
    { flags: '-f, --file <path>', summary: 'read it from a file, which may then go', completes: 'file' },
  ],
  changes: true,
  examples: [
    ['atelier environment secret rack-1 password', 'asks for it'],
    ['atelier environment secret kvm1 ssh-key --file ~/.ssh/broker', 'a key without a passphrase'],
    ['pass show rack-1 | atelier environment secret rack-1 password --stdin', ''],
  ],
  run: async (call) => {
    const where = secretParams(call);
    const value = await readSecret(call);
    if (value === '') throw usageFailure('the secret is empty');
    const one = await call.api.targets.putEnvironmentSecret({ params: where, body: { secret: value } });
    return done(
      `the secret ${where.secret} of ${one.name} is kept: atelier environment test ${one.name}`,
      one,
      one.name,
    );
  },
};

const forgetSecret: Verb = {
  name: 'forget-secret',
  summary: 'forget a secret of an environment',
  arguments: [environmentArgument, secretArgument],
  changes: true,
  loses: (call) => `the secret ${call.args.secret} of ${call.args.environment} will be forgotten`,
  run: async (call) => {
    const where = secretParams(call);
    await call.api.targets.removeEnvironmentSecret({ params: where });
    return done(`the secret ${where.secret} of ${where.name} is forgotten`);
  },
};

const test: Verb = {
  name: 'test',
  summary: 'have a broker look whether the machines can be switched; switches none',
  arguments: [environmentArgument],
  changes: true,
  examples: [['atelier environment test kvm1', 'ends with 1 when something is wrong']],
  run: async (call) => {
    const one: EnvironmentTest = await call.api.targets.testEnvironment({ params: params(call) });
    const found: readonly Column<EnvironmentTest>[] = [
      { title: 'result', value: ({ ok }) => (ok ? 'good' : 'not good') },
      { title: 'seen by', value: ({ broker }) => broker },
      {
        title: 'findings',
        value: ({ findings }) => findings.map((by) => `${by.ok ? '✓' : '✗'} ${by.what}: ${by.detail}`).join('\n'),
      },
    ];
    const output = item(one, found, call.args.environment!);
    if (one.ok) return output;
    await printOutput(call.terminal, output, call.common.output, call.common.quiet);
    return { kind: 'exit', code: 1 };
  },
};

const rm: Verb = {
  name: 'rm',
  summary: 'forget an environment that has no targets, with its secrets',
  arguments: [environmentArgument],
  changes: true,
  loses: (call) => `the environment ${call.args.environment} will be forgotten, with its secrets`,
  run: async (call) => {
    await call.api.targets.removeEnvironment({ params: params(call) });
    return done(`environment ${call.args.environment} is forgotten`);
  },
};

export const environmentNoun: Noun = {
  name: 'environment',
  summary: 'where virtual machines and computers of people are switched: QEMU, libvirt, IPMI, Wake-on-LAN, a program',
  group: 'Desktops of the broker:',
  verbs: [ls, show, add, update, secret, forgetSecret, test, rm],
};
