export {
  type Assignment,
  type AssignmentLimits,
  assignmentLimitChangesSchema,
  assignmentLimitsSchema,
  type Direction,
  directionSchema,
  principalKindSchema,
} from './assignment.ts';
export { type Decided, type EffectiveGrant, effectiveGrant, plainGrant } from './effective-grant.ts';
export {
  type GrantDocument,
  type GrantedWorkspace,
  grantDocumentSchema,
  grantedWorkspaceSchema,
  type SignedDocument,
  signedDocumentSchema,
} from './grant-document.ts';
export {
  actionsIn,
  type InstanceAction,
  type InstanceState,
  instanceActionSchema,
  instanceStateSchema,
  mayAct,
} from './instance-state.ts';
export { minutesOffline, type OfflineClock, type OfflineState, offlineState } from './offline-clock.ts';
export { defaultPolicy, guestMemoryMiB, type Policy, type PolicyInput, policySchema } from './policy.ts';
export { type WorkspaceType, workspaceNameSchema, workspaceTypeSchema } from './workspace.ts';
