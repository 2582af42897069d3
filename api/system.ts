import { z } from 'zod';
import { endpoints } from './endpoint.ts';
import { bytes, time } from './shapes.ts';

/** The first page of the console. */
export const overview = z.object({
  version: z.string(),
  startedAt: time,
  images: z.number().int(),
  versionsAvailable: z.number().int(),
  workspaces: z.number().int(),
  assignments: z.number().int(),
  users: z.number().int(),
  endpoints: z.object({ total: z.number().int(), online: z.number().int() }),
  instances: z.object({ running: z.number().int(), transferring: z.number().int(), failed: z.number().int() }),
  events24h: z.object({ info: z.number().int(), warning: z.number().int(), error: z.number().int() }),
  tasksRunning: z.number().int(),
  repositoryBytes: bytes,
  /** The connection broker: targets that run and take people (`up`), are drained, or do not answer (`down`); the rest is off or on its way. */
  broker: z.object({
    collections: z.number().int(),
    targets: z.object({
      total: z.number().int(),
      up: z.number().int(),
      draining: z.number().int(),
      down: z.number().int(),
      /** Those whose managed host tells nothing of its sessions any more, however they stand. */
      hostSilent: z.number().int(),
    }),
    sessions: z.number().int(),
    connecting: z.number().int(),
    /** Attempts to connect that were refused or failed, and those whose machine did not start in time. */
    lastHour: z.object({ refused: z.number().int(), timedOut: z.number().int() }),
    /** Broker processes that gave a sign of life within 30 seconds. */
    alive: z.number().int(),
  }),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
});
export type Overview = z.infer<typeof overview>;

/** One line of the change stream: something of this kind changed; read it again if you show it. */
export const change = z.object({ kind: z.string(), id: z.string() });

export const systemEndpoints = endpoints({
  version: {
    method: 'GET',
    path: '/version',
    summary: 'the software’s version',
    access: 'public',
    response: z.object({ version: z.string(), api: z.literal('v1') }),
  },
  overview: {
    method: 'GET',
    path: '/overview',
    summary: 'counts and health',
    access: 'system:read',
    response: overview,
  },
  /** `event: change`, data = `change`; `event: hello` at the start; a comment line every 15 s. */
  changes: {
    method: 'GET',
    path: '/changes',
    summary: 'live changes (server-sent events)',
    access: 'signed-in',
    stream: 'events',
  },
  ca: {
    method: 'GET',
    path: '/ca.pem',
    summary: 'the certificate of this server’s own authority',
    access: 'public',
    stream: 'out',
  },
});
