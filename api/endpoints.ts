import { endpointStateSchema } from '@atelier/domain/endpoints';
import { imageNameSchema, versionNumberSchema } from '@atelier/domain/images';
import { instanceActionSchema, instanceStateSchema } from '@atelier/domain/workspaces';
import { z } from 'zod';
import { endpoints } from './endpoint.ts';
import { bytes, id, page, pageQuery, rev, time } from './shapes.ts';

/** A running or finished transfer, bytes by source. */
export const transfer = z.object({
  version: versionNumberSchema,
  state: z.enum(['running', 'paused', 'done', 'failed']),
  bytesTotal: bytes,
  bytesDone: bytes,
  bySource: z.object({
    zero: bytes,
    previous: bytes,
    interrupted: bytes,
    host: bytes,
    media: bytes.default(0),
    peer: bytes.default(0),
    network: bytes,
  }),
  /** Bytes that came from the repository's own addresses; those of media and peers are not among them. */
  wireBytes: bytes,
  bytesPerSecond: z.number(),
  secondsLeft: z.number().nullable(),
  /** Why a transfer that may wait does so; until when, where that is known. */
  waiting: z
    .object({ because: z.enum(['person', 'schedule', 'battery', 'metered']), until: time.nullable() })
    .nullable()
    .default(null),
  error: z.string().nullable(),
});
export type Transfer = z.infer<typeof transfer>;

/** What an endpoint says about one workspace instance. */
export const instanceReport = z.object({
  workspaceId: z.string(),
  userId: z.string(),
  state: instanceStateSchema,
  version: versionNumberSchema.nullable(),
  stagedVersion: versionNumberSchema.nullable(),
  updateAvailable: versionNumberSchema.nullable(),
  localVersions: z.array(versionNumberSchema),
  policyRevision: z.number().int().nullable(),
  guestAgent: z.boolean(),
  screen: z.boolean(),
  transfer: transfer.nullable(),
  error: z.object({ code: z.string(), detail: z.string() }).nullable(),
  startedAt: time.nullable(),
});
export type InstanceReport = z.infer<typeof instanceReport>;

export const instance = instanceReport.extend({
  id,
  workspace: z.string(),
  user: z.string(),
  endpointId: id,
  endpoint: z.string(),
  image: imageNameSchema,
  updatedAt: time,
});
export type Instance = z.infer<typeof instance>;
export const endpoint = z.object({
  id,
  name: z.string(),
  state: endpointStateSchema,
  os: z.string(),
  ramMiB: z.number().int(),
  accelerator: z.enum(['kvm', 'tcg', 'none']),
  clientVersion: z.string(),
  lastContactAt: time.nullable(),
  clockSkewMs: z.number(),
  enrolledAt: time,
  instanceCount: z.number().int(),
  rev,
});
export type EndpointView = z.infer<typeof endpoint>;

/** `lock` and others take none; `unlock` needs the person's password (checked by the server); `switch-version` takes the version. */
export const commandBody = z.object({
  action: instanceActionSchema,
  version: versionNumberSchema.optional(),
  password: z.string().max(1024).optional(),
});
export const myWorkspace = z.object({
  workspaceId: id,
  name: z.string(),
  description: z.string(),
  supportContact: z.string(),
  image: imageNameSchema,
  version: versionNumberSchema.nullable(),
  enabled: z.boolean(),
  expiresOn: time.nullable(),
  endpoints: z.array(
    z.object({ endpointId: id, name: z.string(), online: z.boolean(), instance: instance.nullable() }),
  ),
});
export type MyWorkspace = z.infer<typeof myWorkspace>;

const byId = z.object({ id });
export const endpointEndpoints = endpoints({
  list: {
    method: 'GET',
    path: '/endpoints',
    summary: 'computers that run the client',
    access: 'endpoint:read',
    query: pageQuery.extend({ search: z.string().max(100).optional() }),
    response: page(endpoint),
  },
  get: {
    method: 'GET',
    path: '/endpoints/:id',
    summary: 'an endpoint',
    access: 'endpoint:read',
    params: byId,
    response: endpoint,
  },
  rename: {
    method: 'PATCH',
    path: '/endpoints/:id',
    summary: 'renames an endpoint',
    access: 'endpoint:write',
    params: byId,
    body: z.object({ name: z.string().min(1).max(200) }),
    response: endpoint,
  },
  revoke: {
    method: 'POST',
    path: '/endpoints/:id/revoke',
    summary: 'revokes an endpoint: it gets nothing any more',
    access: 'endpoint:write',
    params: byId,
    response: endpoint,
  },
  remove: {
    method: 'DELETE',
    path: '/endpoints/:id',
    summary: 'forgets a revoked endpoint',
    access: 'endpoint:write',
    params: byId,
  },
  createToken: {
    method: 'POST',
    path: '/enrollment-tokens',
    summary: 'makes a short-lived enrolment token, with the one command to copy',
    access: 'endpoint:write',
    status: 201,
    body: z.object({
      expiresInMinutes: z.number().int().min(1).max(10_080).default(60),
      uses: z.number().int().min(1).max(10_000).default(1),
    }),
    response: z.object({ token: z.string(), expiresAt: time, command: z.string() }),
  },
  listInstances: {
    method: 'GET',
    path: '/instances',
    summary: 'workspace instances',
    access: 'endpoint:read',
    query: pageQuery.extend({ endpoint: id.optional(), workspace: id.optional() }),
    response: page(instance),
  },
  command: {
    method: 'POST',
    path: '/instances/:id/commands',
    summary: 'asks an endpoint to act on an instance',
    access: 'endpoint:command',
    status: 202,
    params: byId,
    body: commandBody,
  },
});

/** "My workspaces": what the signed-in person has, on which of the connected computers. */
export const myEndpoints = endpoints({
  list: {
    method: 'GET',
    path: '/my/workspaces',
    summary: 'the own workspaces, with their instances',
    access: 'my:use',
    response: z.object({ items: z.array(myWorkspace) }),
  },
  command: {
    method: 'POST',
    path: '/my/workspaces/:workspaceId/commands',
    summary: 'fetch, start, stop, lock … on one of the own computers',
    access: 'my:use',
    status: 202,
    params: z.object({ workspaceId: id }),
    body: commandBody.extend({ endpointId: id }),
  },
  screen: {
    method: 'GET',
    path: '/my/workspaces/:workspaceId/screen',
    summary: 'the running workspace’s screen (VNC over WebSocket)',
    access: 'my:use',
    params: z.object({ workspaceId: id }),
    query: z.object({ endpoint: id }),
    stream: 'socket',
  },
});
