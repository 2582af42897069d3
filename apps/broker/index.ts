export { type BrokerLimits, defaultLimits } from './broker-limits.ts';
export type {
  BrokerIdentity,
  BrokerLog,
  BrokerNotes,
  BrokerParts,
  NlaIdentity,
  SignedInUser,
  SingleUsePasswords,
  TicketHolder,
} from './broker-parts.ts';
export { type BrokerExtras, brokerCapability, startBrokerOver } from './compose/broker-capability.ts';
export { type BrokerConfig, brokerConfig } from './compose/broker-config.ts';
export type { BrokerServices } from './compose/broker-services.ts';
export type { BrokerCertificate } from './sign-in/tls-identity.ts';
export { type BrokerOptions, type RunningBroker, startBroker } from './start-broker.ts';
