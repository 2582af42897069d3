import { sessionStateSchema } from '@atelier/domain/broker';
import { z } from 'zod';
import { endpoints } from './endpoint.ts';
import { id, page, pageQuery, time } from './shapes.ts';

/** A person on a target. */
export const desktopSession = z.object({
  id,
  collection: z.object({ id, name: z.string() }),
  target: z.object({ id, name: z.string() }),
  /** Null for somebody whom only the host knows. */
  userId: id.nullable(),
  user: z.string(),
  domain: z.string(),
  state: sessionStateSchema,
  /** What the host calls it. */
  hostSessionId: z.string().nullable(),
  /** Whether it can be commanded: its target is a managed host. */
  managed: z.boolean(),
  initialProgram: z.string(),
  clientDisplay: z.object({ width: z.number(), height: z.number(), depth: z.number() }).nullable(),
  clientAddress: z.string(),
  clientName: z.string(),
  createdAt: time,
  disconnectedAt: time.nullable(),
  endedAt: time.nullable(),
  endReason: z.string().nullable(),
});
export type DesktopSession = z.infer<typeof desktopSession>;

const byId = z.object({ id });

export const desktopSessionEndpoints = endpoints({
  list: {
    method: 'GET',
    path: '/desktop-sessions',
    summary: 'who is on which target, newest first',
    access: 'session:read',
    query: pageQuery.extend({
      /** Id or name. */
      collection: z.string().max(128).optional(),
      target: z.string().max(128).optional(),
      user: z.string().max(128).optional(),
      state: sessionStateSchema.optional(),
      /** `live` leaves out those that ended; the default. */
      which: z.enum(['live', 'ended', 'all']).default('live'),
    }),
    response: page(desktopSession),
  },
  get: {
    method: 'GET',
    path: '/desktop-sessions/:id',
    summary: 'a session',
    access: 'session:read',
    params: byId,
    response: desktopSession,
  },
  disconnect: {
    method: 'POST',
    path: '/desktop-sessions/:id/disconnect',
    summary: 'disconnects the person; the session goes on and can be come back to',
    access: 'session:command',
    params: byId,
    response: desktopSession,
  },
  logOff: {
    method: 'POST',
    path: '/desktop-sessions/:id/log-off',
    summary: 'ends the session on its host; what was not saved is lost',
    access: 'session:command',
    params: byId,
    response: desktopSession,
  },
  message: {
    method: 'POST',
    path: '/desktop-sessions/:id/message',
    summary: 'shows the person a message in their session',
    access: 'session:command',
    params: byId,
    body: z.object({ title: z.string().trim().max(100).default('Message'), text: z.string().trim().min(1).max(1000) }),
  },
});
