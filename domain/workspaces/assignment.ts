import { z } from 'zod';

export const principalKindSchema = z.enum(['user', 'group', 'device']);
export const directionSchema = z.enum(['none', 'to-host', 'to-workspace', 'both']);
export type Direction = z.infer<typeof directionSchema>;

const limits = {
  enabled: z.boolean(),
  /** Last moment of use, ISO 8601; null: no end. */
  expiresOn: z.iso.datetime().nullable(),
  /** How long the workspace runs without contact to the server; null: no limit. */
  offlineLimitMinutes: z.number().int().min(0).max(5_256_000).nullable(),
  deleteWhen: z.object({
    disabled: z.boolean().default(false),
    expired: z.boolean().default(false),
    offlineExceeded: z.boolean().default(false),
  }),
  clipboard: directionSchema,
  fileTransfer: directionSchema,
  printing: z.boolean(),
  cdDvd: z.boolean(),
};

/** The limits within which a principal has a workspace (MED-V "Deployment"). */
export const assignmentLimitsSchema = z.object({
  enabled: limits.enabled.default(true),
  expiresOn: limits.expiresOn.default(null),
  offlineLimitMinutes: limits.offlineLimitMinutes.default(null),
  deleteWhen: limits.deleteWhen.prefault({}),
  clipboard: limits.clipboard.default('none'),
  fileTransfer: limits.fileTransfer.default('none'),
  printing: limits.printing.default(false),
  cdDvd: limits.cdDvd.default(false),
});
/** A change of some of the limits. It has no defaults: what is not named stays as it is. */
export const assignmentLimitChangesSchema = z.object(limits).partial();
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
