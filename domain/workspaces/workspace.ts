import { z } from 'zod';

/** Workspace names: shown to people, used on the command line. */
export const workspaceNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'letters, digits, dot, dash and underscore; at most 63 characters');
export const workspaceTypeSchema = z.enum(['persistent', 'revertible']);
export type WorkspaceType = z.infer<typeof workspaceTypeSchema>;
