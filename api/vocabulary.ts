/** Rules and lists of the domain that programs of people (console, CLI) show: they import from here, not from the domain. */
export {
  type CollectionKind,
  collectionKindSchema,
  type SessionState,
  sessionStateSchema,
  type TargetKind,
  type TargetState,
  targetKindSchema,
  targetStateSchema,
} from '@atelier/domain/broker';
export { type Severity, severitySchema } from '@atelier/domain/events';
export {
  type CapabilityId,
  capabilities,
  capabilitySchema,
  channelNameSchema,
  imageNameSchema,
  nextVersionState,
  recommendImages,
  type VersionAction,
  type VersionState,
  versionStateSchema,
} from '@atelier/domain/images';
export {
  type Authority,
  may,
  type Permission,
  permissions,
  type Role,
  rolePermissions,
  roleSchema,
  type Scope,
  type ScopedObject,
} from '@atelier/domain/people';
export { type TaskState, taskStateSchema } from '@atelier/domain/tasks';
export {
  type AssignmentLimits,
  actionsIn,
  assignmentLimitsSchema,
  type Direction,
  defaultPolicy,
  directionSchema,
  type InstanceAction,
  type InstanceState,
  mayAct,
  type Policy,
  policySchema,
  workspaceNameSchema,
} from '@atelier/domain/workspaces';
