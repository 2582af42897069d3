export {
  type BrokerFailureCode,
  brokerFailureCodeSchema,
  brokerFailureErrorInfo,
} from './broker-failure.ts';
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
  liveSessionStates,
  type Session,
  type SessionState,
  sessionStateNumbers,
  sessionStateSchema,
} from './session.ts';
export {
  type Properties,
  propertiesSchema,
  type Target,
  type TargetEndpoint,
  type TargetKind,
  targetEndpointSchema,
  targetKindSchema,
} from './target.ts';
export {
  canBeStarted,
  isReady,
  type TargetState,
  targetStateNumbers,
  targetStateSchema,
  targetStates,
} from './target-state.ts';
