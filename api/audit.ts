import { z } from 'zod';
import { endpoints } from './endpoint.ts';
import { id, page, pageQuery, time } from './shapes.ts';

export const auditEntry = z.object({
  seq: z.string(),
  id,
  at: time,
  actor: z.object({ kind: z.string(), id: z.string().nullable(), name: z.string() }),
  verb: z.string(),
  object: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  difference: z.record(z.string(), z.object({ before: z.unknown(), after: z.unknown() })),
  correlationId: z.string(),
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntry>;

export const auditEndpoints = endpoints({
  list: {
    method: 'GET',
    path: '/audit',
    summary: 'what people changed, newest first',
    access: 'audit:read',
    query: pageQuery.extend({
      actor: z.string().max(64).optional(),
      objectKind: z.string().max(50).optional(),
      objectId: z.string().max(64).optional(),
      since: time.optional(),
      until: time.optional(),
    }),
    response: page(auditEntry),
  },
  verify: {
    method: 'POST',
    path: '/audit/verify',
    summary: 'checks the whole hash chain',
    access: 'audit:read',
    response: z.object({ ok: z.boolean(), entries: z.number().int(), firstBroken: z.string().nullable() }),
  },
});
