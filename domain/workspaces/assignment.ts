import { z } from 'zod';

export const principalKindSchema = z.enum(['user', 'group', 'device']);
export const directionSchema = z.enum(['none', 'to-host', 'to-workspace', 'both']);
export type Direction = z.infer<typeof directionSchema>;

/** The limits within which a principal has a workspace (MED-V "Deployment"). */
export const assignmentLimitsSchema = z.object({
  enabled: z.boolean().default(true),
  /** Last moment of use, ISO 8601; null: no end. */
  expiresOn: z.iso.datetime().nullable().default(null),
  /** How long the workspace runs without contact to the server; null: no limit. */
  offlineLimitMinutes: z.number().int().min(0).max(5_256_000).nullable().default(null),
  deleteWhen: z
    .object({
      disabled: z.boolean().default(false),
      expired: z.boolean().default(false),
      offlineExceeded: z.boolean().default(false),
    })
    .prefault({}),
  clipboard: directionSchema.default('none'),
  fileTransfer: directionSchema.default('none'),
  printing: z.boolean().default(false),
  cdDvd: z.boolean().default(false),
});
export type AssignmentLimits = z.infer<typeof assignmentLimitsSchema>;

export interface Assignment extends AssignmentLimits {
  readonly id: string;
  readonly workspaceId: string;
  readonly principal: {
    readonly kind: z.infer<typeof principalKindSchema>;
    readonly id: string;
    readonly name: string;
  };
}
