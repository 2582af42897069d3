export { openSessionDirectory } from './open-session-directory.ts';
export { type ChangedObjects, changedObjects } from './plug-in-stores/changed-objects.ts';
export { type MachineLocks, machineLocks } from './plug-in-stores/machine-locks.ts';
export {
  type PlugInHealth,
  type PlugInRegistration,
  type PlugInRegistry,
  plugInRegistry,
  type StoredRegistration,
  type UnusablePlugIn,
} from './plug-in-stores/plug-in-registry.ts';
export { type PlugInStores, plugInStores } from './plug-in-stores/plug-in-stores.ts';
export { type PlannedTask, type PlugInTasks, plugInTasks } from './plug-in-stores/plug-in-tasks.ts';
export type {
  Claim,
  ClaimRefusal,
  Lease,
  Rights,
  RoutingTokenGrant,
  SessionDirectory,
  SessionReport,
  TokenRefusal,
} from './session-directory.ts';
