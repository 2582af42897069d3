import {
  collectionKindSchema,
  loadBalancingSchema,
  redirectModeSchema,
  targetSignInSchema,
  vmSettingsSchema,
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
const sessions = z.number().int().min(1).max(100_000);
/** How virtual machines of the collection are made, started and kept. With an `image` the broker does so; else a plug-in, whose affair it is. */
const vm = z.record(z.string().max(100), z.unknown());
const newVm = vm.superRefine((settings, context) => {
  if (!('image' in settings)) return;
  for (const { path, message } of vmSettingsSchema.safeParse(settings).error?.issues ?? [])
    context.addIssue({ code: 'custom', path: [...path], message });
});

export const collection = z.object({
  id,
  name: z.string(),
  description: z.string(),
  kind: collectionKindSchema,
  /** `token`: the client comes back through the broker; `direct`: it dials the target's name. */
  redirectMode: redirectModeSchema,
  targetSignIn: targetSignInSchema,
  loadBalancing: loadBalancingSchema,
  /** How many sessions one pending connection counts for. */
  pendingPenalty: z.number().int(),
  pendingSeconds: z.number().int(),
  startSeconds: z.number().int(),
  /** For targets that do not say it themselves; null: as many as come. */
  maxSessions: z.number().int().nullable(),
  singleSession: z.boolean(),
  vm,
  enabled: z.boolean(),
  counts: z.object({
    targets: z.number().int(),
    /** Targets that take one more now. */
    available: z.number().int(),
    sessions: z.number().int(),
    pending: z.number().int(),
  }),
  createdAt: time,
  rev,
});
export type CollectionView = z.infer<typeof collection>;

const settings = {
  description: z.string().max(1000),
  redirectMode: redirectModeSchema,
  targetSignIn: targetSignInSchema,
  loadBalancing: loadBalancingSchema,
  pendingPenalty: z.number().int().min(1).max(100),
  pendingSeconds: z.number().int().min(5).max(3600),
  startSeconds: z.number().int().min(5).max(3600),
  maxSessions: sessions.nullable(),
  singleSession: z.boolean(),
  vm: newVm,
  enabled: z.boolean(),
};

export const entitlement = z.object({
  id,
  principal: z.object({ kind: z.enum(['user', 'group']), id, name: z.string() }),
  createdAt: time,
});
export type Entitlement = z.infer<typeof entitlement>;

const alias = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'letters, digits, dot, dash and underscore');
/** These go into connection files, in which a line is a setting. */
const line = z.string().regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'one line, without control characters');
const applicationSettings = {
  title: line.trim().min(1).max(200),
  commandLine: line.min(1).max(1000),
  arguments: line.max(1000),
  workingFolder: line.max(500),
  /** A PNG in base64, 256 KiB at most; null for none. */
  icon: z.base64().max(350_000).nullable(),
};
/** A program of the collection's targets that is published by itself. */
export const application = z.object({
  id,
  alias: z.string(),
  title: z.string(),
  commandLine: z.string(),
  arguments: z.string(),
  workingFolder: z.string(),
  hasIcon: z.boolean(),
  rev,
});
export type Application = z.infer<typeof application>;

const byName = z.object({ id: z.string().min(1).max(128) });
const scope = { kind: 'collection', param: 'id' } as const;

/** `:id` takes an id or a name. */
export const collectionEndpoints = endpoints({
  list: {
    method: 'GET',
    path: '/collections',
    summary: 'collections of targets',
    access: 'collection:read',
    query: pageQuery.extend({ search: z.string().max(100).optional() }),
    response: page(collection),
  },
  get: {
    method: 'GET',
    path: '/collections/:id',
    summary: 'a collection',
    access: 'collection:read',
    scope,
    params: byName,
    response: collection,
  },
  create: {
    method: 'POST',
    path: '/collections',
    summary: 'makes a collection',
    access: 'collection:write',
    status: 201,
    body: z.object({
      name,
      kind: collectionKindSchema,
      description: settings.description.default(''),
      redirectMode: settings.redirectMode.default('token'),
      targetSignIn: settings.targetSignIn.default('same-password'),
      loadBalancing: settings.loadBalancing.default('least-connections'),
      pendingPenalty: settings.pendingPenalty.default(1),
      pendingSeconds: settings.pendingSeconds.default(120),
      startSeconds: settings.startSeconds.default(180),
      maxSessions: settings.maxSessions.default(null),
      singleSession: settings.singleSession.default(false),
      vm: newVm.default({}),
      enabled: settings.enabled.default(true),
    }),
    response: collection,
  },
  update: {
    method: 'PATCH',
    path: '/collections/:id',
    summary: 'changes a collection; its kind stays',
    access: 'collection:write',
    scope,
    params: byName,
    body: z.object({ name, ...settings }).partial(),
    response: collection,
  },
  remove: {
    method: 'DELETE',
    path: '/collections/:id',
    summary: 'removes a collection that has no targets',
    access: 'collection:write',
    scope,
    params: byName,
  },
  listEntitlements: {
    method: 'GET',
    path: '/collections/:id/entitlements',
    summary: 'who may use the collection',
    access: 'collection:read',
    scope,
    params: byName,
    query: pageQuery,
    response: page(entitlement),
  },
  entitle: {
    method: 'POST',
    path: '/collections/:id/entitlements',
    summary: 'gives the collection to a user or a group',
    access: 'collection:write',
    scope,
    status: 201,
    params: byName,
    body: z.object({ principal: z.object({ kind: z.enum(['user', 'group']), id }) }),
    response: entitlement,
  },
  withdraw: {
    method: 'DELETE',
    path: '/collections/:id/entitlements/:entitlementId',
    summary: 'takes the collection from a user or a group; sessions that are there stay',
    access: 'collection:write',
    scope,
    params: byName.extend({ entitlementId: id }),
  },
  listApplications: {
    method: 'GET',
    path: '/collections/:id/applications',
    summary: 'published programs of the collection',
    access: 'collection:read',
    scope,
    params: byName,
    query: pageQuery,
    response: page(application),
  },
  publishApplication: {
    method: 'POST',
    path: '/collections/:id/applications',
    summary: 'publishes a program of the collection’s targets by itself',
    access: 'collection:write',
    scope,
    status: 201,
    params: byName,
    body: z.object({
      alias,
      title: applicationSettings.title,
      commandLine: applicationSettings.commandLine,
      arguments: applicationSettings.arguments.default(''),
      workingFolder: applicationSettings.workingFolder.default(''),
      icon: applicationSettings.icon.default(null),
    }),
    response: application,
  },
  changeApplication: {
    method: 'PATCH',
    path: '/collections/:id/applications/:alias',
    summary: 'changes a published program',
    access: 'collection:write',
    scope,
    params: byName.extend({ alias }),
    body: z.object(applicationSettings).partial(),
    response: application,
  },
  withdrawApplication: {
    method: 'DELETE',
    path: '/collections/:id/applications/:alias',
    summary: 'publishes the program no longer',
    access: 'collection:write',
    scope,
    params: byName.extend({ alias }),
  },
});
