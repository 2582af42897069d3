import { imageNameSchema, versionNumberSchema } from '@atelier/domain/images';
import { z } from 'zod';
import { bytes } from './shapes.ts';

/** What a transfer takes, as the planner that clients use decides: bytes of the disk by source, and bytes on the wire. */
export const transferPlan = z.object({
  image: imageNameSchema,
  /** versions that are at hand; none on a new computer */
  from: z.array(versionNumberSchema),
  to: versionNumberSchema,
  bytesTotal: bytes,
  bySource: z.object({ zero: bytes, interrupted: bytes, previous: bytes, host: bytes, network: bytes }),
  /** The sum of the five that follow. */
  wireBytes: bytes,
  indexBytes: bytes,
  tableBytes: bytes,
  hashBytes: bytes,
  packBytes: bytes,
  deltaBytes: bytes,
  requests: z.number().int(),
  frames: z.number().int(),
  plainFrames: z.number().int(),
  deltaFrames: z.number().int(),
});
export type TransferPlan = z.infer<typeof transferPlan>;
/** What a version costs whoever is to get it. */
export const versionForecast = z.object({
  /** The way from nothing first, then from earlier versions, newest first, with the endpoints that have that one as their newest. */
  ways: z.array(z.object({ plan: transferPlan, endpoints: z.number().int() })),
  /** All endpoints that have an earlier version, and what they would fetch together. */
  fleet: z.object({ endpoints: z.number().int(), wireBytes: bytes }),
});
export type VersionForecast = z.infer<typeof versionForecast>;
