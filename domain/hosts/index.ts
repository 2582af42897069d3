export {
  type EventFlow,
  eventFlow,
  silentHolder,
  sourceHeartbeat,
  sourceHolder,
  sourcePatience,
} from './event-flow.ts';
export { completeAddress, defaultPorts, hostAddressSchema, hostNameSchema } from './host-address.ts';
export { type HealthFinding, type HealthLevel, type HostFacts, type HostHealth, hostHealth } from './host-health.ts';
export { type HostSignIn, type HostTrust, hostSignInSchema, hostTrustSchema } from './host-sign-in.ts';
export { type HostState, hostStateSchema } from './host-state.ts';
