import { severitySchema } from '@atelier/domain/events';
import { z } from 'zod';
import { endpoints } from './endpoint.ts';
import { page, pageQuery, time } from './shapes.ts';

export const event = z.object({
  seq: z.string(),
  sourceKind: z.enum(['endpoint', 'server', 'host']),
  source: z.string(),
  code: z.number().int(),
  name: z.string(),
  severity: severitySchema,
  category: z.string(),
  title: z.string(),
  cause: z.string(),
  fix: z.string(),
  detail: z.string(),
  clientTime: time,
  receivedAt: time,
  userName: z.string(),
  workspace: z.string().nullable(),
  correlationId: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
});
export type EventView = z.infer<typeof event>;
const filter = pageQuery.extend({
  severity: severitySchema.optional(),
  category: z.string().max(50).optional(),
  source: z.string().max(200).optional(),
  user: z.string().max(64).optional(),
  workspace: z.string().max(63).optional(),
  since: time.optional(),
  until: time.optional(),
  correlationId: z.string().max(64).optional(),
});
/** MED-V's status report, same columns. */
export const statusRow = z.object({
  time,
  userName: z.string(),
  hostName: z.string(),
  workspaceName: z.string(),
  online: z.string(),
  clientVersion: z.string(),
  policyVersion: z.number().int().nullable(),
  imageName: z.string(),
  imageVersion: z.number().int().nullable(),
});

export const eventEndpoints = endpoints({
  list: {
    method: 'GET',
    path: '/events',
    summary: 'events, newest first',
    access: 'event:read',
    query: filter,
    response: page(event),
  },
  catalogue: {
    method: 'GET',
    path: '/event-catalogue',
    summary: 'every kind of event with cause and fix',
    access: 'signed-in',
    response: z.object({
      items: z.array(
        z.object({
          code: z.number().int(),
          name: z.string(),
          severity: severitySchema,
          category: z.string(),
          title: z.string(),
          cause: z.string(),
          fix: z.string(),
        }),
      ),
    }),
  },
  status: {
    method: 'GET',
    path: '/reports/status',
    summary: 'current state of all users × workspaces (MED-V’s status report)',
    access: 'event:read',
    query: pageQuery.extend({ days: z.coerce.number().int().min(1).max(3650).default(30) }),
    response: page(statusRow),
  },
});
