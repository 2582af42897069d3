import { z } from 'zod';
import { isTimeZone, weekdays } from './opening-hours.ts';

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'is no time such as 08:30');

/** How many machines stand ready, by the clock on the wall. A range whose end is not after its start goes on into the next day. */
export const spareRangeSchema = z.object({
  days: z.array(z.enum(weekdays)).min(1).max(7),
  from: clock,
  to: clock,
  count: z.number().int().min(0).max(10_000),
});
export type SpareRange = Readonly<z.infer<typeof spareRangeSchema>>;

/** How the virtual machines of a collection are made and kept. */
export const vmSettingsSchema = z.object({
  /** Name of the image that they are clones of. */
  image: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'is no name of an image'),
  /** The version that this channel points to; `version` instead of it stays. */
  channel: z.string().min(1).max(64).default('stable'),
  version: z.number().int().min(1).optional(),
  /** Where they may run; each new one goes where the fewest are for the environment's weight. */
  environments: z.array(z.string().min(1).max(128)).min(1).max(100),
  /** So many at most. */
  size: z.number().int().min(1).max(10_000),
  /** Machines that run and are free; of ranges that overlap the largest count. Outside of all ranges: `otherwise`. */
  spares: z.array(spareRangeSchema).max(50).default([]),
  otherwise: z.number().int().min(0).max(10_000).default(0),
  timeZone: z.string().max(64).refine(isTimeZone, 'is no time zone such as Europe/Berlin').default('UTC'),
  memoryMiB: z.number().int().min(64).max(1_048_576).default(2048),
  cpus: z.number().int().min(1).max(256).default(2),
  /** After log-off: a pooled machine gets a new disk, or goes and another is made. */
  afterUse: z.enum(['revert', 'destroy']).default('revert'),
  /** What the guest's disk and network card look like: `plain` for guests without virtio drivers. */
  hardware: z.enum(['virtio', 'plain']).default('virtio'),
});
export type VmSettings = Readonly<z.infer<typeof vmSettingsSchema>>;

/** The settings that a collection keeps; null when it makes no machines, or when they cannot be read: they are checked where they are written. */
export const vmSettingsOf = (vm: unknown): VmSettings | null => vmSettingsSchema.safeParse(vm).data ?? null;
