import type { Application, CollectionView, Entitlement } from '@atelier/api';
import {
  collectionKindSchema,
  loadBalancingSchema,
  redirectModeSchema,
  targetSignInSchema,
} from '@atelier/domain/broker';
import { given, type Invocation, text } from '../command/invocation.ts';
import { wholeNumber, yesOrNo } from '../command/parse-value.ts';
import type { Argument, Noun, Option, Verb } from '../command/verb.ts';
import { allPages } from '../connection/all-pages.ts';
import { notFound, usageFailure } from '../failure/cli-failure.ts';
import { type Column, done, item, list } from '../output/output.ts';
import { findGroup, findUser } from './find.ts';
import { machineVerbs } from './machine-verbs.ts';
import { vmColumns, vmOf, vmOptions } from './vm-options.ts';

const columns: readonly Column<CollectionView>[] = [
  { title: 'name', value: (one) => one.name },
  { title: 'kind', value: (one) => one.kind },
  { title: 'targets', value: (one) => one.counts.targets },
  { title: 'free', value: (one) => one.counts.available },
  { title: 'sessions', value: (one) => one.counts.sessions },
  { title: 'connecting', value: (one) => one.counts.pending },
  { title: 'enabled', value: (one) => one.enabled },
  { title: 'balancing', value: (one) => one.loadBalancing, wide: true },
  { title: 'redirect', value: (one) => one.redirectMode, wide: true },
  { title: 'sign-in', value: (one) => one.targetSignIn, wide: true },
  { title: 'description', value: (one) => one.description, wide: true },
];
const details: readonly Column<CollectionView>[] = [
  ...columns,
  { title: 'a pending one counts', value: (one) => one.pendingPenalty },
  { title: 'pending at most', value: (one) => `${one.pendingSeconds} s` },
  { title: 'start at most', value: (one) => `${one.startSeconds} s` },
  { title: 'sessions per target', value: (one) => (one.singleSession ? 1 : (one.maxSessions ?? 'no limit')) },
  ...vmColumns,
  { title: 'id', value: (one) => one.id },
];
const collectionArgument: Argument = { name: 'collection', summary: 'the collection’s name', completes: 'collection' };
const params = (call: Invocation) => ({ id: call.args.collection! });

const countOrNone = (typed: string): number | null => (typed === 'none' ? null : wholeNumber(1)(typed));
const settings: readonly Option[] = [
  { flags: '-d, --description <text>', summary: 'what it is for' },
  {
    flags: '--redirect-mode <mode>',
    summary: 'token: clients come back through the broker; direct: they dial the target’s name',
    choices: redirectModeSchema.options,
  },
  {
    flags: '--target-sign-in <way>',
    summary: 'what people sign in to targets with; same-password: targets ask those who come by a one-time ticket',
    choices: targetSignInSchema.options,
  },
  { flags: '--load-balancing <method>', summary: 'how people are shared out', choices: loadBalancingSchema.options },
  {
    flags: '--pending-penalty <count>',
    summary: 'for how many sessions one connection counts until its log-on',
    parse: wholeNumber(1),
  },
  { flags: '--pending-seconds <count>', summary: 'how long a log-on may take', parse: wholeNumber(5) },
  { flags: '--start-seconds <count>', summary: 'how long a target may take to start', parse: wholeNumber(5) },
  { flags: '--max-sessions <count>', summary: 'sessions per target at most, or none', parse: countOrNone },
  { flags: '--single-session <yes|no>', summary: 'one session per target', parse: yesOrNo },
  { flags: '--enabled <yes|no>', summary: 'whether it may be used', parse: yesOrNo },
];
const settingsOf = (call: Invocation) =>
  given(
    call,
    'description',
    'redirectMode',
    'targetSignIn',
    'loadBalancing',
    'pendingPenalty',
    'pendingSeconds',
    'startSeconds',
    'maxSessions',
    'singleSession',
    'enabled',
  );

/** What whoever chose it may not expect. */
const signInHint = ({ targetSignIn }: CollectionView): string =>
  targetSignIn === 'same-password'
    ? '\none-time tickets lead to its targets, which then ask for a password: --target-sign-in single-use-password spares that'
    : '';

const ls: Verb = {
  name: 'ls',
  alias: 'list',
  summary: 'list collections, with how full they are',
  options: [{ flags: '-s, --search <text>', summary: 'only names that contain this' }],
  lists: true,
  examples: [['atelier collection ls -o wide', 'all of them, with how they share people out']],
  run: async (call) => {
    const read = (query: { limit: number; cursor?: string }) =>
      call.api.collections.list({ query: { ...query, search: text(call, 'search') } });
    const empty = 'there are no collections yet: atelier collection create NAME --kind session-hosts';
    return list(await allPages(read, call.common.limit), columns, (one) => one.name, empty);
  },
};

const show: Verb = {
  name: 'show',
  summary: 'show a collection',
  arguments: [collectionArgument],
  run: async (call) => {
    const one = await call.api.collections.get({ params: params(call) });
    return item(one, details, one.name);
  },
};

const create: Verb = {
  name: 'create',
  summary: 'make a collection of targets that serve one purpose',
  arguments: [{ name: 'collection', summary: 'its name' }],
  options: [
    { flags: '--kind <kind>', summary: 'what its targets are', choices: collectionKindSchema.options, required: true },
    ...settings,
    ...vmOptions,
  ],
  changes: true,
  examples: [
    ['atelier collection create Office --kind session-hosts', 'then: atelier target add, atelier collection entitle'],
    ['atelier collection create Labs --kind physical-pcs --single-session yes', 'one person on each PC'],
    [
      'atelier collection create Pool --kind pooled-vms --vm-image office --vm-environment here --vm-size 20 --vm-spares "mon-fri 07:00-18:00 3"',
      'the broker makes the machines; three wait in working hours',
    ],
  ],
  run: async (call) => {
    const settled = { name: call.args.collection!, kind: text(call, 'kind'), ...settingsOf(call), ...vmOf(call) };
    const body = settled as Parameters<typeof call.api.collections.create>[0]['body'];
    const one = await call.api.collections.create({ body });
    const next = `atelier target add NAME --collection ${one.name}`;
    return done(`collection ${one.name} was made: ${next}${signInHint(one)}`, one, one.name);
  },
};

const update: Verb = {
  name: 'update',
  summary: 'change a collection',
  arguments: [collectionArgument],
  options: [...settings, ...vmOptions, { flags: '--name <name>', summary: 'give it another name' }],
  changes: true,
  examples: [
    ['atelier collection update Office --enabled no', 'nobody is connected any more; sessions stay'],
    [
      'atelier collection update Pool --vm-version 12',
      'its machines stay at version 12; "follow" goes on with the channel',
    ],
    [
      'atelier collection update Pool --vm-spares "daily 06:00-20:00 2" --vm-time-zone Europe/Berlin',
      'replaces all ranges',
    ],
    ['atelier collection update Pool --start-seconds 90', 'a machine that does not answer by then is given up'],
  ],
  run: async (call) => {
    const { rev, vm } = await call.api.collections.get({ params: params(call) });
    const body = { ...settingsOf(call), ...given(call, 'name'), ...vmOf(call, vm) };
    const one = await call.api.collections.update({ params: params(call), body }, { ifMatch: rev });
    const hint = text(call, 'targetSignIn') === undefined ? '' : signInHint(one);
    return done(`collection ${one.name} was changed${hint}`, one, one.name);
  },
};

const rm: Verb = {
  name: 'rm',
  summary: 'remove a collection that has no targets',
  arguments: [collectionArgument],
  changes: true,
  loses: (call) => `the collection ${call.args.collection} will be removed, with who may use it and what it publishes`,
  run: async (call) => {
    await call.api.collections.remove({ params: params(call) });
    return done(`collection ${call.args.collection} was removed`);
  },
};

const principal: readonly Option[] = [
  { flags: '--user <name>', summary: 'a user', completes: 'user' },
  { flags: '--group <name>', summary: 'a group, with the groups in it', completes: 'group' },
];
async function principalOf(call: Invocation) {
  const [user, group] = [text(call, 'user'), text(call, 'group')];
  if (Boolean(user) === Boolean(group)) throw usageFailure('say who: either --user or --group');
  if (user) return { kind: 'user' as const, id: (await findUser(call.api, user)).id };
  return { kind: 'group' as const, id: (await findGroup(call.api, group!)).id };
}
const entitlementsOf = (call: Invocation) =>
  allPages((query) => call.api.collections.listEntitlements({ params: params(call), query }), 10_000);

const entitled: Verb = {
  name: 'entitled',
  summary: 'list who may use a collection',
  arguments: [collectionArgument],
  run: async (call) => {
    const who: readonly Column<Entitlement>[] = [
      { title: 'who', value: (one) => `${one.principal.kind} ${one.principal.name}` },
      { title: 'id', value: (one) => one.id, wide: true },
    ];
    const empty = `nobody may use it yet: atelier collection entitle ${call.args.collection} --group everyone`;
    return list(await entitlementsOf(call), who, (one) => one.principal.name, empty);
  },
};

const entitle: Verb = {
  name: 'entitle',
  summary: 'let a user or a group use a collection',
  arguments: [collectionArgument],
  options: principal,
  changes: true,
  examples: [['atelier collection entitle Office --group everyone', 'everybody may use it']],
  run: async (call) => {
    const one = await call.api.collections.entitle({
      params: params(call),
      body: { principal: await principalOf(call) },
    });
    return done(`${one.principal.kind} ${one.principal.name} may use ${call.args.collection}`, one, one.id);
  },
};

const withdraw: Verb = {
  name: 'withdraw',
  summary: 'take a collection from a user or a group; sessions that are there stay',
  arguments: [collectionArgument],
  options: principal,
  changes: true,
  run: async (call) => {
    const who = await principalOf(call);
    const found = (await entitlementsOf(call)).find((one) => one.principal.id === who.id);
    const fix = `list them with "atelier collection entitled ${call.args.collection}"`;
    if (!found) throw notFound('entitlement', text(call, 'user') ?? text(call, 'group')!, fix);
    await call.api.collections.withdraw({ params: { ...params(call), entitlementId: found.id } });
    return done(`${found.principal.kind} ${found.principal.name} may no longer use ${call.args.collection}`);
  },
};

const apps: Verb = {
  name: 'apps',
  summary: 'list the programs that a collection publishes by themselves',
  arguments: [collectionArgument],
  lists: true,
  run: async (call) => {
    const programs: readonly Column<Application>[] = [
      { title: 'alias', value: (one) => one.alias },
      { title: 'title', value: (one) => one.title },
      { title: 'command', value: (one) => [one.commandLine, one.arguments].filter(Boolean).join(' ') },
    ];
    const read = (query: { limit: number; cursor?: string }) =>
      call.api.collections.listApplications({ params: params(call), query });
    const empty = 'it publishes no programs, only its desktop';
    return list(await allPages(read, call.common.limit), programs, (one) => one.alias, empty);
  },
};

const publish: Verb = {
  name: 'publish',
  summary: 'publish a program of the targets by itself',
  arguments: [collectionArgument, { name: 'alias', summary: 'a short name without blanks' }],
  options: [
    { flags: '--title <text>', summary: 'what people see', required: true },
    { flags: '--command <path>', summary: 'the program on the targets', required: true },
    { flags: '--arguments <text>', summary: 'what it is started with' },
    { flags: '--working-folder <path>', summary: 'where it is started' },
  ],
  changes: true,
  examples: [['atelier collection publish Office calc --title Calculator --command /usr/bin/gnome-calculator', '']],
  run: async (call) => {
    const body = {
      alias: call.args.alias!,
      title: text(call, 'title')!,
      commandLine: text(call, 'command')!,
      ...given(call, 'arguments', 'workingFolder'),
    };
    const one = await call.api.collections.publishApplication({ params: params(call), body });
    return done(`${one.title} is published`, one, one.alias);
  },
};

const unpublish: Verb = {
  name: 'unpublish',
  summary: 'publish a program no longer',
  arguments: [collectionArgument, { name: 'alias', summary: 'the program’s short name' }],
  changes: true,
  run: async (call) => {
    await call.api.collections.withdrawApplication({ params: { ...params(call), alias: call.args.alias! } });
    return done(`${call.args.alias} is no longer published`);
  },
};

export const collectionNoun: Noun = {
  name: 'collection',
  summary: 'targets that serve one purpose, and who may use them',
  group: 'Desktops of the broker:',
  verbs: [ls, show, create, update, rm, entitled, entitle, withdraw, apps, publish, unpublish, ...machineVerbs],
};
