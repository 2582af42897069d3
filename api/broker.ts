import { z } from 'zod';
import { endpoints } from './endpoint.ts';
import { id, page, pageQuery, rev, time } from './shapes.ts';

const traceStep = z.object({
  stage: z.enum(['sign-in', 'filter', 'load-balancing', 'placement', 'orchestration', 'redirect', 'relay']),
  by: z.string(),
  outcome: z.string(),
  detail: z.string(),
  atMs: z.number(),
  tookMs: z.number(),
});
/** What led to a decision. */
export const decisionTrace = z.object({
  steps: z.array(traceStep),
  candidates: z.number().int(),
  removed: z.array(z.object({ reason: z.string(), count: z.number().int(), examples: z.array(z.string()) })),
  chosen: z.string().nullable(),
  totalMs: z.number(),
});
export type DecisionTraceView = z.infer<typeof decisionTrace>;

const connectionOutcome = z.enum(['redirected', 'failed', 'cancelled', 'timed-out']);
/** One attempt to connect, as a list shows it. */
export const brokerConnection = z.object({
  id,
  at: time,
  userId: id.nullable(),
  user: z.string(),
  domain: z.string(),
  collection: z.string(),
  sessionId: id.nullable(),
  target: z.string().nullable(),
  outcome: connectionOutcome,
  failure: z.string().nullable(),
  clientAddress: z.string(),
  clientName: z.string(),
  totalMs: z.number(),
});
export type BrokerConnection = z.infer<typeof brokerConnection>;

/** A broker process that runs. */
export const brokerInstance = z.object({
  id,
  name: z.string(),
  address: z.string(),
  version: z.string(),
  counts: z.record(z.string(), z.number()),
  startedAt: time,
  heartbeatAt: time,
  /** It told of itself within the last half minute. */
  alive: z.boolean(),
});
export type BrokerInstance = z.infer<typeof brokerInstance>;

const pluginHealth = z.object({
  brokerId: id,
  broker: z.string(),
  /** What it takes part in there: stages, `provisioning`, `task`, `notification`; none until it was ready. */
  offers: z.array(z.string()),
  state: z.enum(['starting', 'ready', 'suspended', 'restarting', 'failed', 'stopped']),
  failures: z.number().int(),
  calls: z.number().int(),
  timeOuts: z.number().int(),
  restarts: z.number().int(),
  suspendedUntil: time.nullable(),
  lastError: z.string().nullable(),
  lastErrorAt: time.nullable(),
});
const pluginSettings = {
  /** The folder of its manifest. */
  source: z.string().max(1000),
  provider: z.string().max(200),
  /** The highest is asked first; the broker's own rules come last. */
  priority: z.number().int().min(-1_000_000).max(1_000_000),
  enabled: z.boolean(),
  /** Names of the collections that it decides for; none: all. */
  collections: z.array(z.string().min(1).max(128)).max(1000),
  /** Milliseconds for each stage. */
  budgets: z.record(z.string().max(50), z.number().int().min(1).max(3_600_000)),
  onFailure: z.enum(['continue', 'fail-connection']),
  /** It may send people to machines that are no targets. */
  allowExternal: z.boolean(),
  settings: z.record(z.string().max(200), z.unknown()),
};
export const brokerPlugin = z.object({ name: z.string(), ...pluginSettings, health: z.array(pluginHealth), rev });
export type BrokerPlugin = z.infer<typeof brokerPlugin>;

/** A folder of plug-ins that a broker cannot use, and why. */
export const brokerPluginProblem = z.object({
  brokerId: id,
  broker: z.string(),
  /** The folder; for a plug-in that comes with the broker, its name. */
  source: z.string(),
  /** What the plug-in is called, if that could be found out. */
  plugin: z.string().nullable(),
  problem: z.string(),
  fix: z.string(),
  at: time,
});
export type BrokerPluginProblem = z.infer<typeof brokerPluginProblem>;

export const brokerSettings = z.object({
  /** What clients dial: `name` or `name:port`; empty until somebody says it. */
  address: z
    .string()
    .max(260)
    .regex(/^(?:(?:[\p{L}\p{N}_][\p{L}\p{N}_.-]*|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?)?$/u, 'name or name:port'),
  /** Whether NT hashes of passwords are kept, sealed, so that clients can sign in by Network Level Authentication. */
  nla: z.boolean(),
});
export type BrokerSettings = z.infer<typeof brokerSettings>;

const pluginName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'small letters, digits, dot, dash and underscore');
const byName = z.object({ name: pluginName });

export const brokerEndpoints = endpoints({
  listInstances: {
    method: 'GET',
    path: '/broker/instances',
    summary: 'broker processes that run',
    access: 'broker:read',
    query: pageQuery,
    response: page(brokerInstance),
  },
  listConnections: {
    method: 'GET',
    path: '/broker/connections',
    summary: 'attempts to connect, newest first',
    access: 'broker:read',
    query: pageQuery.extend({
      /** Id or name. */
      collection: z.string().max(128).optional(),
      user: z.string().max(128).optional(),
      target: z.string().max(128).optional(),
      outcome: connectionOutcome.optional(),
      sessionId: id.optional(),
      from: time.optional(),
      to: time.optional(),
    }),
    response: page(brokerConnection),
  },
  getConnection: {
    method: 'GET',
    path: '/broker/connections/:id',
    summary: 'an attempt to connect with all that led to the decision',
    access: 'broker:read',
    params: z.object({ id }),
    response: brokerConnection.extend({ trace: decisionTrace }),
  },
  listPlugins: {
    method: 'GET',
    path: '/broker/plug-ins',
    summary: 'plug-ins by priority, and how they fare in each broker',
    access: 'broker:read',
    query: pageQuery,
    response: page(brokerPlugin),
  },
  listPluginProblems: {
    method: 'GET',
    path: '/broker/plug-in-problems',
    summary: 'folders of plug-ins that brokers cannot use, and why',
    access: 'broker:read',
    query: pageQuery,
    response: page(brokerPluginProblem),
  },
  putPlugin: {
    method: 'PUT',
    path: '/broker/plug-ins/:name',
    summary: 'says over what a plug-in’s manifest says how it takes part',
    access: 'broker:write',
    params: byName,
    body: z.object({
      source: pluginSettings.source.default(''),
      provider: pluginSettings.provider.default(''),
      priority: pluginSettings.priority.default(0),
      enabled: pluginSettings.enabled.default(false),
      collections: pluginSettings.collections.default([]),
      budgets: pluginSettings.budgets.default({}),
      onFailure: pluginSettings.onFailure.default('continue'),
      allowExternal: pluginSettings.allowExternal.default(false),
      settings: pluginSettings.settings.default({}),
    }),
    response: brokerPlugin,
  },
  enablePlugin: {
    method: 'POST',
    path: '/broker/plug-ins/:name/enabled',
    summary: 'has brokers ask a plug-in, or not',
    access: 'broker:write',
    params: byName,
    body: z.object({ enabled: z.boolean() }),
    response: brokerPlugin,
  },
  resetPlugin: {
    method: 'POST',
    path: '/broker/plug-ins/:name/reset',
    summary: 'has every broker forget the plug-in’s failures and ask it again',
    access: 'broker:write',
    params: byName,
    response: brokerPlugin,
  },
  removePlugin: {
    method: 'DELETE',
    path: '/broker/plug-ins/:name',
    summary:
      'forgets what was said of a plug-in, and what it kept; its manifest counts again at the broker’s next start',
    access: 'broker:write',
    params: byName,
  },
  getSettings: {
    method: 'GET',
    path: '/broker/settings',
    summary: 'what holds for all brokers',
    access: 'broker:read',
    response: brokerSettings,
  },
  changeSettings: {
    method: 'PATCH',
    path: '/broker/settings',
    summary: 'changes what holds for all brokers; without `nla`, all NT hashes are deleted at once',
    access: 'broker:write',
    body: brokerSettings.partial(),
    response: brokerSettings,
  },
});
