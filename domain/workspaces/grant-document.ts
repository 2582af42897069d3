import { z } from 'zod';
import { imageNameSchema, versionNumberSchema } from '../images/index.ts';
import { assignmentLimitsSchema } from './assignment.ts';
import { policySchema } from './policy.ts';
import { workspaceNameSchema, workspaceTypeSchema } from './workspace.ts';

/** One workspace as one person may use it on one endpoint. */
export const grantedWorkspaceSchema = z.object({
  workspaceId: z.string(),
  name: workspaceNameSchema,
  description: z.string(),
  supportContact: z.string(),
  enabled: z.boolean(),
  type: workspaceTypeSchema,
  image: imageNameSchema,
  /** The channel that decides the version, or null when it is pinned. */
  channel: z.string().nullable(),
  /** The version to run now; null while the channel points at nothing. */
  version: versionNumberSchema.nullable(),
  policyRevision: z.number().int(),
  policy: policySchema,
  limits: assignmentLimitsSchema,
});
export type GrantedWorkspace = z.infer<typeof grantedWorkspaceSchema>;

/** Everything one person may run on one endpoint; what the endpoint keeps for offline work. */
export const grantDocumentSchema = z.object({
  kind: z.literal('atelier.grant'),
  version: z.literal(1),
  endpointId: z.string(),
  user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
  /** Grows with every issue; an endpoint refuses a smaller one (replay). */
  sequence: z.number().int(),
  issuedAt: z.iso.datetime(),
  workspaces: z.array(grantedWorkspaceSchema).max(1000),
});
export type GrantDocument = z.infer<typeof grantDocumentSchema>;

/** A document with the server's Ed25519 signature over exactly the bytes of `payload` (base64). */
export const signedDocumentSchema = z.object({
  payload: z.string().max(8_000_000),
  keyId: z.string(),
  signature: z.string(),
});
export type SignedDocument = z.infer<typeof signedDocumentSchema>;
