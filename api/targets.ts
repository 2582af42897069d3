import {
  environmentIssues,
  environmentSecretSchema,
  propertiesSchema,
  targetEndpointSchema,
  targetKindSchema,
  targetStateSchema,
} from '@atelier/domain/broker';
import { z } from 'zod';
import { endpoints } from './endpoint.ts';
import { id, page, pageQuery, rev, time } from './shapes.ts';

const name = z
  .string()
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N}._ -]{0,63}$/u,
    'letters, digits, dot, dash, underscore and blank; at most 64 characters',
  );
const fqdn = z.string().regex(/^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_-]{1,63})*$/, 'a DNS name');
const netbios = z.string().regex(/^[^\\/:*?"<>|.\s]{1,15}$/, 'a NetBIOS name of at most 15 characters');
const owner = z.object({ id, name: z.string() });

export const target = z.object({
  id,
  name: z.string(),
  kind: targetKindSchema,
  collection: z.object({ id, name: z.string() }),
  /** `atelier`, or the plug-in that keeps it: then people cannot change it, but for `drain`. */
  provider: z.string(),
  environment: z.string(),
  /** The managed host that it is: sessions can be commanded there. */
  hostId: id.nullable(),
  host: z.string().nullable(),
  fqdn: z.string().nullable(),
  netbios: z.string().nullable(),
  endpoints: z.array(targetEndpointSchema),
  state: targetStateSchema,
  stateDetail: z.string(),
  failingSince: time.nullable(),
  /** Since when the managed host that it is tells nothing of its sessions; null while it does, or when it never did. */
  hostSilentSince: time.nullable(),
  drain: z.boolean(),
  weight: z.number().int(),
  /** Its own limits; null and false leave it to the collection. */
  maxSessions: z.number().int().nullable(),
  singleSession: z.boolean(),
  owner: owner.nullable(),
  properties: propertiesSchema,
  certificateFingerprint: z.string().nullable(),
  numSessions: z.number().int(),
  numPending: z.number().int(),
  /** Whether it takes one more: now, after a start, or not at all. */
  takes: z.enum(['now', 'after-start', 'nobody']),
  createdAt: time,
  rev,
});
export type TargetView = z.infer<typeof target>;

/**
 * How a target stands, as the overview counts them; each stands in one way: in use, drained, down (or unusable), and all others, which are off, starting or
 * stopping.
 */
export const targetStandingSchema = z.enum(['up', 'draining', 'down', 'other']);
export type TargetStanding = z.infer<typeof targetStandingSchema>;

const settings = {
  environment: z.string().max(128),
  hostId: id.nullable(),
  fqdn: fqdn.nullable(),
  netbios: netbios.nullable(),
  endpoints: z.array(targetEndpointSchema).max(20),
  drain: z.boolean(),
  weight: z.number().int().min(1).max(10_000),
  maxSessions: z.number().int().min(1).max(100_000).nullable(),
  singleSession: z.boolean(),
  ownerId: id.nullable(),
  properties: propertiesSchema,
};

export const environment = z.object({
  name: z.string(),
  driver: z.string(),
  serverWeight: z.number().int(),
  settings: z.record(z.string(), z.unknown()),
  properties: propertiesSchema,
  /** Names of the secrets that are kept for it; they themselves are never shown. */
  secrets: z.array(environmentSecretSchema),
  targets: z.number().int(),
  rev,
});
export type EnvironmentView = z.infer<typeof environment>;

const environmentBody = z
  .object({
    /** `qemu`, `libvirt`, `ipmi`, `wake-on-lan`, `command`, or what a plug-in calls its own. */
    driver: z.string().max(100).default(''),
    serverWeight: z.number().int().min(1).max(10_000).default(100),
    settings: z.record(z.string().max(100), z.unknown()).default({}),
    properties: propertiesSchema.default({}),
  })
  .superRefine(({ driver, settings }, context) => {
    for (const { path, message } of environmentIssues(driver, settings))
      context.addIssue({ code: 'custom', path: ['settings', ...path], message });
  });

/** What a broker found out about an environment. */
export const environmentTest = z.object({
  ok: z.boolean(),
  /** The broker that looked; null: none that can switch its machines did. */
  broker: z.string().nullable(),
  findings: z.array(z.object({ what: z.string(), ok: z.boolean(), detail: z.string() })),
});
export type EnvironmentTest = z.infer<typeof environmentTest>;

const byName = z.object({ id: z.string().min(1).max(128) });
const byEnvironment = z.object({ name });

/** `:id` takes an id or a name. */
export const targetEndpoints = endpoints({
  list: {
    method: 'GET',
    path: '/targets',
    summary: 'what people can be connected to',
    access: 'target:read',
    query: pageQuery.extend({
      search: z.string().max(100).optional(),
      /** Id or name. */
      collection: z.string().max(128).optional(),
      environment: z.string().max(128).optional(),
      state: targetStateSchema.optional(),
      /** As the overview counts them. */
      which: targetStandingSchema.optional(),
      /** Only those whose `hostSilentSince` is set, as the overview counts them; or only the others. */
      hostSilent: z.enum(['yes', 'no']).optional(),
    }),
    response: page(target),
  },
  get: {
    method: 'GET',
    path: '/targets/:id',
    summary: 'a target',
    access: 'target:read',
    params: byName,
    response: target,
  },
  add: {
    method: 'POST',
    path: '/targets',
    summary: 'adds a target to a collection',
    access: 'target:write',
    status: 201,
    body: z.object({
      name,
      kind: targetKindSchema,
      /** Id or name. */
      collection: z.string().min(1).max(128),
      environment: settings.environment.default(''),
      hostId: settings.hostId.default(null),
      fqdn: settings.fqdn.default(null),
      netbios: settings.netbios.default(null),
      endpoints: settings.endpoints.default([]),
      drain: settings.drain.default(false),
      weight: settings.weight.default(100),
      maxSessions: settings.maxSessions.default(null),
      singleSession: settings.singleSession.default(false),
      ownerId: settings.ownerId.default(null),
      properties: settings.properties.default({}),
      /** `running` for one that is up; brokers find out the rest. */
      state: targetStateSchema.default('unknown'),
    }),
    response: target,
  },
  update: {
    method: 'PATCH',
    path: '/targets/:id',
    summary: 'changes a target',
    access: 'target:write',
    params: byName,
    body: z.object({ name, ...settings }).partial(),
    response: target,
  },
  drain: {
    method: 'POST',
    path: '/targets/:id/drain',
    summary: 'takes a target out of use or back: no new sessions, those that are there stay',
    access: 'target:write',
    params: byName,
    body: z.object({ drain: z.boolean() }),
    response: target,
  },
  setState: {
    method: 'POST',
    path: '/targets/:id/state',
    summary: 'says in which state a target is; brokers correct it when they see otherwise',
    access: 'target:write',
    params: byName,
    body: z.object({ state: targetStateSchema }),
    response: target,
  },
  remove: {
    method: 'DELETE',
    path: '/targets/:id',
    summary: 'removes a target; refused while people are on it, unless forced',
    access: 'target:write',
    params: byName,
    query: z.object({ force: z.enum(['yes', 'no']).default('no') }),
  },
  listEnvironments: {
    method: 'GET',
    path: '/environments',
    summary: 'machines that run virtual machines for collections',
    access: 'target:read',
    query: pageQuery,
    response: page(environment),
  },
  putEnvironment: {
    method: 'PUT',
    path: '/environments/:name',
    summary: 'names a machine that runs virtual machines, or changes it',
    access: 'target:write',
    params: byEnvironment,
    body: environmentBody,
    response: environment,
  },
  getEnvironment: {
    method: 'GET',
    path: '/environments/:name',
    summary: 'a machine that runs virtual machines',
    access: 'target:read',
    params: byEnvironment,
    response: environment,
  },
  putEnvironmentSecret: {
    method: 'PUT',
    path: '/environments/:name/secrets/:secret',
    summary: 'keeps a secret with which machines are switched, sealed; it is never shown',
    access: 'target:write',
    params: byEnvironment.extend({ secret: environmentSecretSchema }),
    body: z.object({ secret: z.string().min(1).max(16_384) }),
    response: environment,
  },
  removeEnvironmentSecret: {
    method: 'DELETE',
    path: '/environments/:name/secrets/:secret',
    summary: 'forgets a secret of an environment',
    access: 'target:write',
    params: byEnvironment.extend({ secret: environmentSecretSchema }),
  },
  testEnvironment: {
    method: 'POST',
    path: '/environments/:name/test',
    summary: 'has a broker look whether machines of an environment can be switched; switches none',
    access: 'target:write',
    params: byEnvironment,
    response: environmentTest,
  },
  removeEnvironment: {
    method: 'DELETE',
    path: '/environments/:name',
    summary: 'forgets a machine that runs virtual machines; refused while targets are on it',
    access: 'target:write',
    params: byEnvironment,
  },
});
