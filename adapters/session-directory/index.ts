export { openSessionDirectory } from './open-session-directory.ts';
export type {
  Claim,
  ClaimRefusal,
  Lease,
  RoutingTokenGrant,
  SessionDirectory,
  SessionReport,
  TokenRefusal,
} from './session-directory.ts';
