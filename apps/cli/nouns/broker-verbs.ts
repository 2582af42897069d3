import type { BrokerConnection, BrokerInstance, BrokerPlugin, BrokerPluginProblem } from '@atelier/api';
import { given, type Invocation } from '../command/invocation.ts';
import { moment, yesOrNo } from '../command/parse-value.ts';
import type { Argument, Verb } from '../command/verb.ts';
import { allPages } from '../connection/all-pages.ts';
import { formatTime } from '../output/format-value.ts';
import { type Column, done, item, list } from '../output/output.ts';

const running: readonly Column<BrokerInstance>[] = [
  { title: 'name', value: (one) => one.name },
  { title: 'address', value: (one) => one.address },
  { title: 'alive', value: (one) => one.alive },
  { title: 'version', value: (one) => one.version },
  { title: 'since', value: (one) => formatTime(one.startedAt) },
  {
    title: 'counts',
    value: (one) =>
      Object.entries(one.counts)
        .map(([what, count]) => `${what} ${count}`)
        .join(', '),
  },
];

const status: Verb = {
  name: 'status',
  summary: 'list the brokers that run',
  lists: true,
  run: async (call) => {
    const read = (query: { limit: number; cursor?: string }) => call.api.broker.listInstances({ query });
    const empty = 'no broker runs: "npm start" runs one, "atelier broker start" runs more';
    return list(await allPages(read, call.common.limit), running, (one) => one.name, empty);
  },
};

const connections: readonly Column<BrokerConnection>[] = [
  { title: 'id', value: (one) => one.id },
  { title: 'time', value: (one) => formatTime(one.at) },
  { title: 'user', value: (one) => one.user },
  { title: 'collection', value: (one) => one.collection },
  { title: 'outcome', value: (one) => one.failure ?? one.outcome },
  { title: 'target', value: (one) => one.target },
  { title: 'ms', value: (one) => Math.round(one.totalMs) },
  { title: 'from', value: (one) => [one.clientName, one.clientAddress].filter(Boolean).join(' '), wide: true },
];

const listConnections: Verb = {
  name: 'connections',
  summary: 'list attempts to connect, newest first',
  options: [
    { flags: '-c, --collection <name>', summary: 'only to this collection', completes: 'collection' },
    { flags: '-t, --target <name>', summary: 'only to this target', completes: 'target' },
    { flags: '--user <name>', summary: 'only of this person', completes: 'user' },
    {
      flags: '--outcome <outcome>',
      summary: 'only those that ended so',
      choices: ['redirected', 'failed', 'cancelled', 'timed-out'],
    },
    { flags: '--from <time>', summary: 'not older: a date, or 2h, 7d', parse: moment },
  ],
  lists: true,
  examples: [['atelier broker connections --outcome failed --from 24h', 'who was not served today, and why']],
  run: async (call) => {
    const filter = given(call, 'collection', 'target', 'user', 'outcome', 'from') as { user?: string };
    const read = (query: { limit: number; cursor?: string }) =>
      call.api.broker.listConnections({ query: { ...query, ...filter } });
    return list(await allPages(read, call.common.limit), connections, (one) => one.id, 'nobody has connected yet');
  },
};

const trace: Verb = {
  name: 'trace',
  summary: 'show what led to a decision: who was asked, what was said, what removed each candidate',
  arguments: [{ name: 'connection', summary: 'the attempt’s id, from "atelier broker connections"' }],
  run: async (call) => {
    const one = await call.api.broker.getConnection({ params: { id: call.args.connection! } });
    type Traced = typeof one;
    const columns: readonly Column<Traced>[] = [
      ...connections.map((column) => ({ ...column, wide: false })),
      { title: 'candidates', value: ({ trace: led }) => led.candidates },
      {
        title: 'removed',
        value: ({ trace: led }) =>
          led.removed.map((by) => `${by.count} ${by.reason} (${by.examples.join(', ')})`).join('; ') || 'none',
      },
      {
        title: 'steps',
        value: ({ trace: led }) =>
          led.steps
            .map(
              ({ atMs, stage, by, outcome, detail, tookMs }) =>
                `${atMs.toFixed(1)} ms  ${stage}, ${by}: ${outcome}${detail ? ` (${detail})` : ''}, ${tookMs.toFixed(1)} ms`,
            )
            .join('\n'),
      },
    ];
    return item(one, columns, one.id);
  },
};

const pluginArgument: Argument = { name: 'plug-in', summary: 'the plug-in’s name' };
const byName = (call: Invocation) => ({ name: call.args.plugIn! });
/** A plug-in that is registered, or a folder that a broker cannot use. */
type PlugInRow = BrokerPlugin | (BrokerPluginProblem & { readonly name: string });
const isUnusable = (one: PlugInRow): one is BrokerPluginProblem & { readonly name: string } => 'problem' in one;
const registered =
  <Value>(value: (one: BrokerPlugin) => Value) =>
  (one: PlugInRow) =>
    isUnusable(one) ? undefined : value(one);
const stateOf = ({ health }: BrokerPlugin) => [...new Set(health.map(({ state }) => state))].join(', ') || 'not loaded';
const lastErrorOf = ({ health }: BrokerPlugin) => health.find(({ lastError }) => lastError)?.lastError;
const pluginColumns: readonly Column<PlugInRow>[] = [
  { title: 'name', value: (one) => one.name },
  { title: 'priority', value: registered((one) => one.priority) },
  { title: 'enabled', value: registered((one) => one.enabled) },
  { title: 'state', value: (one) => (isUnusable(one) ? 'unusable' : stateOf(one)) },
  { title: 'calls', value: registered((one) => one.health.reduce((sum, { calls }) => sum + calls, 0)) },
  { title: 'failures', value: registered((one) => one.health.reduce((sum, { failures }) => sum + failures, 0)) },
  {
    title: 'last error',
    value: (one) => (isUnusable(one) ? `on ${one.broker}: ${one.problem}. Fix: ${one.fix}` : lastErrorOf(one)),
  },
  {
    title: 'takes part in',
    value: registered((one) => [...new Set(one.health.flatMap(({ offers }) => offers))].join(', ')),
    wide: true,
  },
  { title: 'collections', value: registered((one) => one.collections.join(', ') || 'all'), wide: true },
  { title: 'source', value: (one) => one.source, wide: true },
];

const plugIns: Verb = {
  name: 'plug-ins',
  summary: 'list plug-ins by priority, how they fare, and what cannot be used and why',
  lists: true,
  run: async (call) => {
    const problems = await allPages((query) => call.api.broker.listPluginProblems({ query }), call.common.limit);
    const unusable = problems.map((one) => ({ ...one, name: one.plugin ?? one.source }));
    const read = (query: { limit: number; cursor?: string }) => call.api.broker.listPlugins({ query });
    const rows = [...(await allPages(read, call.common.limit)), ...unusable];
    const empty = 'there are none: the broker decides by itself';
    return list<PlugInRow>(rows, pluginColumns, (one) => one.name, empty);
  },
};

const enabling = (name: string, enabled: boolean, summary: string, said: string): Verb => ({
  name,
  summary,
  arguments: [pluginArgument],
  changes: true,
  run: async (call) => {
    const one = await call.api.broker.enablePlugin({ params: byName(call), body: { enabled } });
    return done(`${one.name} ${said}`, one, one.name);
  },
});
const enable = enabling('enable-plug-in', true, 'have brokers ask a plug-in', 'is asked');
const disable = enabling('disable-plug-in', false, 'have brokers ask a plug-in no longer', 'is asked no longer');

const reset: Verb = {
  name: 'reset-plug-in',
  summary: 'forget a plug-in’s failures and ask it again',
  arguments: [pluginArgument],
  changes: true,
  run: async (call) => {
    const one = await call.api.broker.resetPlugin({ params: byName(call) });
    return done(`${one.name} is asked again`, one, one.name);
  },
};

const set: Verb = {
  name: 'settings',
  summary: 'say what holds for all brokers; without options, show it',
  options: [
    { flags: '--address <name>', summary: 'what clients dial: NAME or NAME:PORT' },
    {
      flags: '--nla <yes|no>',
      summary: 'sign-in by Network Level Authentication (keeps sealed NT hashes)',
      parse: yesOrNo,
    },
  ],
  changes: true,
  examples: [
    ['atelier broker settings --address desk.example.org', 'is written into .rdp files and the workspace feed'],
  ],
  run: async (call) => {
    const changes = given(call, 'address', 'nla');
    const one =
      Object.keys(changes).length > 0
        ? await call.api.broker.changeSettings({ body: changes })
        : await call.api.broker.getSettings();
    type Settings = typeof one;
    const columns: readonly Column<Settings>[] = [
      { title: 'address', value: (kept) => kept.address || 'not said yet' },
      { title: 'nla', value: (kept) => kept.nla },
    ];
    return item(one, columns, 'broker');
  },
};

/** What can be asked of the brokers of a server. */
export const brokerVerbs: readonly Verb[] = [status, listConnections, trace, plugIns, enable, disable, reset, set];
