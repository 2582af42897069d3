import { workspaceNameSchema } from '@atelier/domain/workspaces';
import { z } from 'zod';
import { endpoints } from './endpoint.ts';
import { instanceReport } from './endpoints.ts';
import { bytes, time } from './shapes.ts';

/** A workspace as the client daemon tells it to the person at the computer. */
export const localWorkspace = instanceReport.extend({
  name: workspaceNameSchema,
  description: z.string(),
  supportContact: z.string(),
  image: z.string(),
  wantedVersion: z.number().int().nullable(),
  actions: z.array(z.string()),
  offline: z.object({
    state: z.enum(['fresh', 'warning', 'exceeded']),
    minutes: z.number(),
    limitMinutes: z.number().nullable(),
  }),
});
export type LocalWorkspace = z.infer<typeof localWorkspace>;

/** How the daemon goes about transfers right now. */
export const localTransfers = z.object({
  /** The person's own word for all transfers: as the policy says, paused, or now whatever the schedule says. */
  hold: z.enum(['none', 'paused', 'anyway']),
  /** What a transfer in the background would do now. */
  background: z.object({
    state: z.enum(['go', 'wait']),
    because: z.enum(['person', 'schedule', 'battery', 'metered']).nullable(),
    until: time.nullable(),
    bandwidthKiBps: z.number().int(),
  }),
  onBattery: z.boolean(),
  metered: z.boolean().nullable(),
  sharing: z.object({ serve: z.enum(['off', 'fetched', 'site-cache']), cachedBytes: bytes, servedBytes: bytes }),
});
export type LocalTransfers = z.infer<typeof localTransfers>;

export const localStatus = z.object({
  version: z.string(),
  pid: z.number().int(),
  startedAt: time,
  endpointId: z.string().nullable(),
  server: z.string().nullable(),
  connection: z.enum(['not-enrolled', 'connecting', 'online', 'offline', 'revoked']),
  user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }).nullable(),
  accelerator: z.enum(['kvm', 'tcg', 'none']),
  queuedEvents: z.number().int(),
  transfers: localTransfers,
  workspaces: z.array(localWorkspace),
});
export type LocalStatus = z.infer<typeof localStatus>;

/** How the first-time set-up (fetch, and the first start until the guest answers) of each person's workspaces went. */
export const localFirstTimeSetups = z.array(
  z.object({
    user: z.string(),
    workspace: z.string(),
    /** 0 when it is done, else the number of the event that tells what failed last. */
    statusCode: z.number().int(),
    time,
  }),
);
export type LocalFirstTimeSetups = z.infer<typeof localFirstTimeSetups>;

/** What holds for the signed-in person's workspace: the one that runs, else the first by name. Null when there is none. */
export const localSettings = z
  .object({
    user: z.string(),
    workspace: z.string(),
    memoryMiB: z.number().int(),
    memoryTable: z.array(z.object({ hostMiB: z.number().int(), vmMiB: z.number().int() })).nullable(),
    stopAction: z.enum(['shutdown', 'snapshot']),
    bootTimeoutSeconds: z.number().int(),
    network: z.enum(['nat', 'none']),
  })
  .nullable();
export type LocalSettings = z.infer<typeof localSettings>;

const byName = z.object({ name: workspaceNameSchema });

/**
 * What the client daemon answers on its local socket (HTTP over a UNIX socket that only its owner may open).
 * Same form as the server's contract, same base path, same problem+json errors. Call it by `clientOf(localEndpoints, transport)`.
 */
export const localEndpoints = endpoints({
  status: {
    method: 'GET',
    path: '/status',
    summary: 'the daemon, its connection and the workspaces',
    access: 'public',
    response: localStatus,
  },
  watch: {
    method: 'GET',
    path: '/watch',
    summary: '`event: status` with the whole status at each change (server-sent events)',
    access: 'public',
    stream: 'events',
  },
  enroll: {
    method: 'POST',
    path: '/enroll',
    summary: 'makes the computer known to a management server',
    access: 'public',
    body: z.object({ server: z.url(), token: z.string().max(300), name: z.string().max(200).optional() }),
    response: localStatus,
  },
  signIn: {
    method: 'POST',
    path: '/sign-in',
    summary: 'signs a person in',
    access: 'public',
    body: z.object({ name: z.string().max(64), password: z.string().max(1024) }),
    response: localStatus,
  },
  signOut: {
    method: 'POST',
    path: '/sign-out',
    summary: 'signs out; running workspaces are locked',
    access: 'public',
    response: localStatus,
  },
  refresh: {
    method: 'POST',
    path: '/refresh',
    summary: 'asks the server for the newest policy now',
    access: 'public',
    response: localStatus,
  },
  /** Answers as soon as the act has begun; follow the state by `watch`. */
  act: {
    method: 'POST',
    path: '/workspaces/:name/:action',
    summary: 'fetch, pause, start, stop, restart, lock, unlock, revert, reset, switch-version, delete',
    access: 'public',
    params: byName.extend({ action: z.string().max(30) }),
    body: z.object({ version: z.number().int().optional(), password: z.string().max(1024).optional() }),
    response: localWorkspace,
  },
  transfers: {
    method: 'POST',
    path: '/transfers/:word',
    summary: 'pause all transfers, resume them as the policy says, or go on now whatever the schedule says',
    access: 'public',
    params: z.object({ word: z.enum(['pause', 'resume', 'now']) }),
    response: localStatus,
  },
  screen: {
    method: 'GET',
    path: '/workspaces/:name/screen',
    summary: 'the path of the running workspace’s VNC socket',
    access: 'public',
    params: byName,
    response: z.object({ vncSocket: z.string() }),
  },
  logs: {
    method: 'GET',
    path: '/logs',
    summary: 'the last lines of the daemon’s log, or of a workspace’s console',
    access: 'public',
    query: z.object({
      workspace: z.string().max(63).optional(),
      lines: z.coerce.number().int().min(1).max(5000).default(200),
    }),
    response: z.object({ lines: z.array(z.string()) }),
  },
  firstTimeSetups: {
    method: 'GET',
    path: '/first-time-setups',
    summary: 'how the first-time set-up of each workspace on this computer went',
    access: 'public',
    response: localFirstTimeSetups,
  },
  settings: {
    method: 'GET',
    path: '/settings',
    summary: 'the settings that hold for the signed-in person’s workspace',
    access: 'public',
    response: localSettings,
  },
  diagnostics: {
    method: 'POST',
    path: '/diagnostics',
    summary: 'writes a bundle without secrets for the helpdesk',
    access: 'public',
    body: z.object({ target: z.string().max(4096) }),
    response: z.object({ file: z.string(), bytes: z.number().int() }),
  },
});
