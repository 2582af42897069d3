import { z } from 'zod';

export const severitySchema = z.enum(['info', 'warning', 'error']);

/** An event as an endpoint queues and sends it. `(endpoint, sequence)` is unique: that makes delivery exactly-once. */
export const queuedEventSchema = z.object({
  sequence: z.number().int().min(1),
  code: z.number().int().min(1).max(99_999),
  severity: severitySchema,
  /** What happened this time: one sentence, no secret. */
  detail: z.string().max(4000).default(''),
  clientTime: z.iso.datetime(),
  /** SYSTEM before anybody signed in. */
  userName: z.string().max(256).default('SYSTEM'),
  workspace: z.string().max(256).nullable().default(null),
  correlationId: z.string().max(64).nullable().default(null),
  data: z.record(z.string(), z.unknown()).default({}),
});
export type QueuedEvent = z.infer<typeof queuedEventSchema>;
