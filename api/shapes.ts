import { z } from 'zod';

/** Lists come in pages: pass `next` as `cursor` for the following page; `next` is null at the end. */
export const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() });

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(500).optional(),
});

export const id = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'an id');
export const time = z.iso.datetime();
/** Optimistic lock: sent back as ETag, expected in If-Match. */
export const rev = z.number().int();
export const bytes = z.number().int().min(0);

/** RFC 9457 problem details with our stable code, cause, fix and correlation id. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string(),
  cause: z.string(),
  fix: z.string(),
  correlationId: z.string(),
  extra: z.record(z.string(), z.unknown()).optional(),
});
export type Problem = z.infer<typeof problem>;

/** Answer to a request that starts long work: follow it at `/tasks/:id`. */
export const taskRef = z.object({ taskId: z.string() });
