export { addTraceStep, mostSteps } from './add-trace-step.ts';
export {
  type BrokerFailureCode,
  brokerFailureCodeSchema,
  brokerFailureErrorInfo,
} from './broker-failure.ts';
export {
  type BrokerTaskState,
  type BrokerTaskStatus,
  brokerTaskStateSchema,
  brokerTaskStatusSchema,
  taskStateOf,
  taskStatusNumbers,
} from './broker-task.ts';
export {
  type Calendar,
  calendarFilter,
  calendarSchema,
  fitsTarget,
  type TargetMatch,
  targetMatchSchema,
} from './calendar.ts';
export { chooseTarget, leastConnections, roundRobin } from './choose-target.ts';
export {
  type ConnectionChange,
  type ConnectionRequest,
  connectionChangeNumbers,
  type ExternalMachine,
  type LoadBalanceResult,
  type RdpClient,
} from './client-connection.ts';
export {
  type Collection,
  type CollectionKind,
  collectionKindSchema,
  type LoadBalancingMethod,
  loadBalancingSchema,
  type RedirectMode,
  redirectModeSchema,
  type TargetSignIn,
  targetSignInSchema,
} from './collection.ts';
export type { DecisionTrace, TraceStep } from './decision-trace.ts';
export {
  type EnvironmentDriver,
  type EnvironmentSecret,
  environmentDrivers,
  environmentIssues,
  environmentSecretSchema,
  environmentSecrets,
  environmentSettings,
  isEnvironmentDriver,
} from './environment-settings.ts';
export { hostPatienceMs, hostSilentSince } from './host-word.ts';
export {
  isOpenAt,
  isTimeZone,
  type OpeningHours,
  openingHoursSchema,
  type Weekday,
  weekdays,
} from './opening-hours.ts';
export { type PoolPlan, type PoolVm, type PoolWanted, planPool } from './plan-pool.ts';
export { countRemoval, mostExamples, type Removals, removeTargets } from './remove-targets.ts';
export {
  liveSessionStates,
  type Session,
  type SessionState,
  sessionStateNumbers,
  sessionStateSchema,
} from './session.ts';
export { formatSpareRange, parseSpareRange } from './spare-ranges.ts';
export {
  type Properties,
  propertiesSchema,
  type Target,
  type TargetEndpoint,
  type TargetKind,
  targetEndpointSchema,
  targetKindSchema,
} from './target.ts';
export { type LoadFigures, targetLoad } from './target-load.ts';
export {
  canBeStarted,
  isReady,
  type TargetState,
  targetStateNumbers,
  targetStateSchema,
  targetStates,
} from './target-state.ts';
export { type SpareRange, type VmSettings, vmSettingsOf, vmSettingsSchema } from './vm-settings.ts';
export { sparesAt } from './vm-spares.ts';
export { type TargetWanted, type WhyNot, whyNotTarget, whyNotText } from './why-not-target.ts';
