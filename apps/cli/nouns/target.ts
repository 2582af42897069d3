import { type TargetView, targetStandingSchema } from '@atelier/api';
import { targetKindSchema, targetStateSchema } from '@atelier/domain/broker';
import { flag, given, type Invocation, text, texts } from '../command/invocation.ts';
import { wholeNumber, yesOrNo } from '../command/parse-value.ts';
import type { Argument, Noun, Option, Verb } from '../command/verb.ts';
import { allPages } from '../connection/all-pages.ts';
import { usageFailure } from '../failure/cli-failure.ts';
import { formatTime } from '../output/format-value.ts';
import { type Column, done, item, list } from '../output/output.ts';
import { findUser } from './find.ts';
import { findHost } from './host/find-host.ts';
import { propertyOf } from './property-of.ts';

const addresses = (one: TargetView) => one.endpoints.map(({ address, port }) => `${address}:${port}`).join(', ');
/** How it is, and what of it an administrator should look at. */
const standing = (one: TargetView) =>
  [one.state, ...(one.drain ? ['drained'] : []), ...(one.hostSilentSince ? ['host silent'] : [])].join(', ');
const columns: readonly Column<TargetView>[] = [
  { title: 'name', value: (one) => one.name },
  { title: 'collection', value: (one) => one.collection.name },
  { title: 'state', value: standing },
  { title: 'sessions', value: (one) => one.numSessions },
  { title: 'connecting', value: (one) => one.numPending },
  { title: 'takes more', value: (one) => one.takes },
  { title: 'kind', value: (one) => one.kind, wide: true },
  { title: 'address', value: (one) => addresses(one) || one.fqdn, wide: true },
  { title: 'weight', value: (one) => one.weight, wide: true },
  { title: 'environment', value: (one) => one.environment, wide: true },
  { title: 'kept by', value: (one) => one.provider, wide: true },
];
const details: readonly Column<TargetView>[] = [
  ...columns,
  { title: 'why', value: (one) => one.stateDetail || null },
  { title: 'failing since', value: (one) => formatTime(one.failingSince) },
  { title: 'host silent since', value: (one) => formatTime(one.hostSilentSince) },
  { title: 'fqdn', value: (one) => one.fqdn },
  { title: 'host', value: (one) => one.host },
  { title: 'owner', value: (one) => one.owner?.name },
  { title: 'sessions at most', value: (one) => (one.singleSession ? 1 : one.maxSessions) },
  { title: 'certificate', value: (one) => one.certificateFingerprint },
  { title: 'properties', value: (one) => (Object.keys(one.properties).length > 0 ? one.properties : null) },
  { title: 'id', value: (one) => one.id },
];
const targetArgument: Argument = { name: 'target', summary: 'the target’s name', completes: 'target' };
const params = (call: Invocation) => ({ id: call.args.target! });

/** `name:port`, `[::1]:port` or an address alone. */
function endpointOf(typed: string) {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]+))(?::(\d{1,5}))?$/.exec(typed);
  const port = Number(match?.[3] ?? 3389);
  if (!match || port < 1 || port > 65_535)
    throw usageFailure(`${JSON.stringify(typed)} is no address`, 'give NAME, NAME:PORT, ADDRESS:PORT or [IPV6]:PORT');
  return { address: (match[1] ?? match[2])!, port };
}

const settings: readonly Option[] = [
  {
    flags: '-a, --address <address>',
    summary: 'where it listens for RDP: NAME or NAME:PORT; once for each',
    repeat: true,
  },
  { flags: '--fqdn <name>', summary: 'its name in DNS, for direct redirection; dialled when no address is known' },
  { flags: '--netbios <name>', summary: 'its NetBIOS name' },
  { flags: '--host <name>', summary: 'the managed host that it is: its sessions can be commanded', completes: 'host' },
  {
    flags: '--environment <name>',
    summary: 'where it is switched, when it is to be started',
    completes: 'environment',
  },
  { flags: '--weight <number>', summary: '1 to 10000: 200 gets twice as many people as 100', parse: wholeNumber(1) },
  { flags: '--max-sessions <count>', summary: 'sessions at most', parse: wholeNumber(1) },
  { flags: '--single-session <yes|no>', summary: 'one session only', parse: yesOrNo },
  { flags: '--owner <user>', summary: 'whose it is, for personal ones', completes: 'user' },
  { flags: '--property <name=value>', summary: 'what plug-ins want to know; once for each', repeat: true },
];
/** What a target may be without again; `--no-host` makes commander set `host` to false. */
const without: readonly Option[] = [
  { flags: '--no-host', summary: 'it is no managed host any more' },
  { flags: '--no-owner', summary: 'it is nobody’s any more' },
];
async function settingsOf(call: Invocation) {
  const [host, owner] = [text(call, 'host'), text(call, 'owner')];
  const [at, properties] = [texts(call, 'address'), texts(call, 'property')];
  return {
    ...given(call, 'fqdn', 'netbios', 'environment', 'weight', 'maxSessions', 'singleSession'),
    ...(at.length > 0 ? { endpoints: at.map(endpointOf) } : {}),
    ...(properties.length > 0 ? { properties: Object.fromEntries(properties.map(propertyOf)) } : {}),
    ...(host ? { hostId: (await findHost(call.api, host)).id } : {}),
    ...(owner ? { ownerId: (await findUser(call.api, owner)).id } : {}),
    ...(call.options.host === false ? { hostId: null } : {}),
    ...(call.options.owner === false ? { ownerId: null } : {}),
  };
}

const ls: Verb = {
  name: 'ls',
  alias: 'list',
  summary: 'list targets, with who is on them',
  options: [
    { flags: '-c, --collection <name>', summary: 'only of this collection', completes: 'collection' },
    { flags: '--environment <name>', summary: 'only of this environment', completes: 'environment' },
    { flags: '--state <state>', summary: 'only in this state', choices: targetStateSchema.options },
    {
      flags: '--which <which>',
      summary: 'only those in use, draining, down (or unusable), or all others: off, starting, stopping',
      choices: targetStandingSchema.options,
    },
    { flags: '--host-silent', summary: 'only those whose host tells nothing of its sessions any more' },
    { flags: '-s, --search <text>', summary: 'only names that contain this' },
  ],
  lists: true,
  examples: [['atelier target ls -c Office --which down', 'which of its hosts nobody can be sent to']],
  run: async (call) => {
    const filter = {
      ...(given(call, 'collection', 'environment', 'state', 'which', 'search') as { collection?: string }),
      ...(flag(call, 'hostSilent') ? { hostSilent: 'yes' as const } : {}),
    };
    const read = (query: { limit: number; cursor?: string }) =>
      call.api.targets.list({ query: { ...query, ...filter } });
    const empty = 'there are no targets: atelier target add NAME --collection COLLECTION --address NAME';
    return list(await allPages(read, call.common.limit), columns, (one) => one.name, empty);
  },
};

const show: Verb = {
  name: 'show',
  summary: 'show a target',
  arguments: [targetArgument],
  run: async (call) => {
    const one = await call.api.targets.get({ params: params(call) });
    return item(one, details, one.name);
  },
};

const add: Verb = {
  name: 'add',
  summary: 'add a session host, virtual machine or PC to a collection',
  arguments: [{ name: 'target', summary: 'its name' }],
  options: [
    { flags: '-c, --collection <name>', summary: 'the collection', completes: 'collection', required: true },
    { flags: '--kind <kind>', summary: 'what it is', choices: targetKindSchema.options, default: 'session-host' },
    {
      flags: '--state <state>',
      summary: 'running, when it is up; brokers find out the rest',
      choices: targetStateSchema.options,
    },
    ...settings,
  ],
  changes: true,
  examples: [
    ['atelier target add rdsh1 -c Office --address rdsh1.example.org --host rdsh1', 'a session host that is managed'],
    [
      'atelier target add pc7 -c Labs --kind physical-pc --address pc7 --property mac=52:54:00:12:34:56',
      'a PC that is woken when somebody wants it',
    ],
  ],
  run: async (call) => {
    const body = {
      name: call.args.target!,
      ...given(call, 'collection', 'kind', 'state'),
      ...(await settingsOf(call)),
    } as Parameters<typeof call.api.targets.add>[0]['body'];
    const one = await call.api.targets.add({ body });
    return done(`target ${one.name} was added to ${one.collection.name}`, one, one.name);
  },
};

const update: Verb = {
  name: 'update',
  summary: 'change a target',
  arguments: [targetArgument],
  options: [...settings, ...without, { flags: '--name <name>', summary: 'give it another name' }],
  changes: true,
  run: async (call) => {
    const { rev } = await call.api.targets.get({ params: params(call) });
    const body = { ...(await settingsOf(call)), ...given(call, 'name') };
    const one = await call.api.targets.update({ params: params(call), body }, { ifMatch: rev });
    return done(`target ${one.name} was changed`, one, one.name);
  },
};

const draining = (name: string, drain: boolean, summary: string, said: string): Verb => ({
  name,
  summary,
  arguments: [targetArgument],
  changes: true,
  run: async (call) => {
    const one = await call.api.targets.drain({ params: params(call), body: { drain } });
    return done(`${one.name} ${said}`, one, one.name);
  },
});
const drain = draining(
  'drain',
  true,
  'take a target out of use: no new sessions, those that are there stay',
  'takes no new sessions',
);
const undrain = draining('undrain', false, 'put a target back into use', 'takes new sessions again');

const setState: Verb = {
  name: 'set-state',
  summary: 'say in which state a target is; brokers correct it when they see otherwise',
  arguments: [targetArgument, { name: 'state', summary: 'the state', completes: targetStateSchema.options }],
  changes: true,
  run: async (call) => {
    const state = targetStateSchema.safeParse(call.args.state);
    if (!state.success)
      throw usageFailure(
        `there is no state "${call.args.state}"`,
        `take one of ${targetStateSchema.options.join(', ')}`,
      );
    const one = await call.api.targets.setState({ params: params(call), body: { state: state.data } });
    return done(`${one.name} is ${one.state}`, one, one.name);
  },
};

const rm: Verb = {
  name: 'rm',
  summary: 'remove a target',
  arguments: [targetArgument],
  options: [{ flags: '--force', summary: 'also while people are on it' }],
  changes: true,
  loses: (call) => `the target ${call.args.target} will be removed from its collection`,
  run: async (call) => {
    await call.api.targets.remove({ params: params(call), query: { force: flag(call, 'force') ? 'yes' : 'no' } });
    return done(`target ${call.args.target} was removed`);
  },
};

export const targetNoun: Noun = {
  name: 'target',
  summary: 'what people are connected to: session hosts, virtual machines, PCs',
  group: 'Desktops of the broker:',
  verbs: [ls, show, add, update, drain, undrain, setState, rm],
};
