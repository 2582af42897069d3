import { z } from 'zod';

/** Image and channel names: also folder names in the repository, hence the narrow alphabet. Same rule as `@atelier/trim`. */
export const imageNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'lower-case letters, digits, dot, dash and underscore; at most 63 characters');
export const channelNameSchema = imageNameSchema;
export const versionNumberSchema = z.coerce.number().int().min(1).max(1_000_000);
