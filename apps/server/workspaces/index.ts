import { workspaceEndpoints } from '@atelier/api';
import type { Signer } from '@atelier/trim';
import type { Capability } from '../services.ts';
import { assignmentHandlers } from './assignment-handlers.ts';
import { policyHandlers } from './policy-handlers.ts';
import { workspaceHandlers } from './workspace-handlers.ts';

export { effectiveGrantOf } from './effective-grant-of.ts';
export { grantedWorkspaces } from './granted-workspaces.ts';
export { makeAssignment } from './make-assignment.ts';
export { makeWorkspace } from './make-workspace.ts';
export { signGrant } from './sign-grant.ts';

/** Workspaces, the signed revisions of their policy, and who has them. `policySigner` is the key that endpoints pin. */
export const workspaces =
  (policySigner: Signer): Capability =>
  async (routes, services) => {
    routes.json(workspaceEndpoints, {
      ...workspaceHandlers(services, policySigner),
      ...policyHandlers(services, policySigner),
      ...assignmentHandlers(services),
    });
    return {};
  };
