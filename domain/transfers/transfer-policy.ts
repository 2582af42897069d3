import { z } from 'zod';

const kibps = z.number().int().min(0).max(100_000_000);
const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'a time of day such as 08:00, at most 24:00');
const weekday = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);
const network = z.union([z.cidrv4(), z.cidrv6()], 'a network such as 10.1.0.0/16');

/** A stretch of the week, in the endpoint's own time zone. `to` at or before `from` means: on the following day. */
const windowSchema = z
  .strictObject({
    days: z.array(weekday).min(1).max(7),
    from: timeOfDay,
    to: timeOfDay,
    /** Nothing is fetched in the background while it lasts. */
    pause: z.boolean().default(false),
    /** The limit while it lasts; 0: none of its own. */
    bandwidthKiBps: kibps.default(0),
  })
  .refine((one) => one.pause !== one.bandwidthKiBps > 0, 'a window either pauses or has a limit above 0');
export type TransferWindow = z.infer<typeof windowSchema>;

const mediaSchema = z.strictObject({
  enabled: z.boolean().default(false),
  /** Where a repository may lie on removable media; `*` stands for one part of a path. */
  folders: z
    .array(
      z
        .string()
        .max(1024)
        .regex(/^\/(?!.*(?:^|\/)\.\.(?:\/|$))/, 'an absolute path without ".."'),
    )
    .max(20)
    .default(['/media/*/atelier', '/media/*/*/atelier', '/run/media/*/*/atelier', '/mnt/*/atelier']),
});

const sharingSchema = z.strictObject({
  /** Take what other endpoints of the site have. */
  use: z.boolean().default(false),
  /** `fetched`: give others what was fetched here. `site-cache`: also fetch for them what is not here yet. */
  serve: z.enum(['off', 'fetched', 'site-cache']).default('off'),
  port: z.number().int().min(1024).max(65_535).default(8444),
  /** Most that is kept on disk for others. */
  cacheMiB: z.number().int().min(64).max(16_777_216).default(4096),
  /** Site caches with a fixed address, and the networks whose endpoints use them (none named: all). */
  caches: z
    .array(
      z.strictObject({
        url: z.url({ protocol: /^https$/, error: 'an https address' }),
        endpointId: z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'the id of the endpoint that is the cache'),
        networks: z.array(network).max(100).default([]),
      }),
    )
    .max(100)
    .default([]),
});

const fields = {
  bandwidthKiBps: kibps,
  windows: z.array(windowSchema).max(50),
  onBattery: z.enum(['pause', 'go-on']),
  onMetered: z.enum(['pause', 'go-on']),
  /** Whether the link is metered: asked of NetworkManager, or known beforehand. */
  metered: z.enum(['detect', 'yes', 'no']),
  priority: z.enum(['background', 'normal']),
  media: mediaSchema,
  sharing: sharingSchema,
};

/** How endpoints fetch versions: when, how fast, from whom besides the repository, and what they give to others. */
export const transferPolicySchema = z.strictObject({
  bandwidthKiBps: fields.bandwidthKiBps.default(0),
  windows: fields.windows.default([]),
  onBattery: fields.onBattery.default('pause'),
  onMetered: fields.onMetered.default('pause'),
  metered: fields.metered.default('detect'),
  priority: fields.priority.default('background'),
  media: fields.media.prefault({}),
  sharing: fields.sharing.prefault({}),
});
export type TransferPolicy = z.infer<typeof transferPolicySchema>;

/** What one endpoint does otherwise; a part that is named counts as a whole. */
export const transferOverrideSchema = z.strictObject(fields).partial();
export type TransferOverride = z.infer<typeof transferOverrideSchema>;

/** The policy for which nobody has said anything. */
export const defaultTransferPolicy: TransferPolicy = transferPolicySchema.parse({});

/** The organisation's policy with what one endpoint does otherwise. */
export function mergeTransferPolicy(base: TransferPolicy, override: TransferOverride): TransferPolicy {
  const said = Object.fromEntries(Object.entries(override).filter(([, value]) => value !== undefined));
  return { ...base, ...said };
}
