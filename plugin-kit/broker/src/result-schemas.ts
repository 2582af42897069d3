import { propertiesSchema, targetEndpointSchema } from '@atelier/domain/broker';
import { z } from 'zod';

const endpoints = z.array(targetEndpointSchema).min(1).max(12);

/** What getMostSuitableTarget may give. */
export const loadBalanceResultSchema = z.object({
  targetName: z.string().max(200),
  isNewConnection: z.boolean(),
  external: z.object({ fqdn: z.string().max(253), endpoints, hostSessionId: z.string().max(200) }).optional(),
});
/** What queryEnvironmentForTarget may give. A weight is 1 to 10,000. */
export const environmentSchema = z.object({
  name: z.string().min(1).max(200),
  serverWeight: z.number().int().min(1).max(10_000),
  properties: propertiesSchema,
});
/** What prepareTargetForConnect may give. */
export const preparedTargetSchema = z.object({ targetName: z.string(), endpoints });
/** What filterTargets may give. */
export const removedTargetsSchema = z
  .array(z.object({ targetName: z.string().max(200), reason: z.string().min(1).max(200) }))
  .max(500);
