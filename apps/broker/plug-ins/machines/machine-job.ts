import { z } from 'zod';

/** Kinds of tasks begin with this; the name of the plug-in that does them follows. */
export const machineTaskPrefix = 'broker-machines/';

/** What a task of this kind is to do, as the server queued it. */
export const machineJobSchema = z.object({
  what: z.enum(['create', 'patch', 'delete']),
  collectionId: z.string(),
  collection: z.string(),
  vmNames: z.array(z.string().min(1).max(128)).min(1).max(1000),
  image: z.object({ name: z.string(), version: z.number().int() }).nullable(),
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
