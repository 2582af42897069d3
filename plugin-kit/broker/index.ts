export {
  type BrokerFailureCode,
  brokerFailureErrorInfo,
  type CollectionKind,
  type ConnectionChange,
  type ConnectionRequest,
  connectionChangeNumbers,
  type LoadBalanceResult,
  type Properties,
  type RdpClient,
  type Session,
  type SessionState,
  sessionStateNumbers,
  type Target,
  type TargetEndpoint,
  type TargetKind,
  type TargetState,
  targetStateNumbers,
  taskStatusNumbers,
} from '@atelier/domain/broker';
export * from './src/api-version.ts';
export * from './src/broker-plugin.ts';
export * from './src/client-connection.ts';
export * from './src/environment.ts';
export * from './src/filter-plugin-store.ts';
export * from './src/global-store.ts';
export * from './src/next.ts';
export * from './src/notify-sink.ts';
export * from './src/policy-plugin.ts';
export * from './src/provider.ts';
export * from './src/provisioning.ts';
export * from './src/resource-notification.ts';
export * from './src/resource-store.ts';
export * from './src/result-schemas.ts';
export * from './src/sb-error.ts';
export * from './src/services.ts';
export * from './src/stages.ts';
export * from './src/store-error.ts';
export * from './src/task-plugin.ts';
