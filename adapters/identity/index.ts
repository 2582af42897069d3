export { type PeopleOfBroker, peopleOfBroker } from './broker-identity.ts';
export { everyoneGroup } from './everyone.ts';
export { bindingsOf, groupIdsOf, groupsInside } from './membership.ts';
export { type NlaIdentity, nlaIdentity } from './nla-identity.ts';
export { keepsNtHashes, type NtHashStore, nlaSetting, ntHashStore } from './nt-hash-store.ts';
export {
  type CheckedUser,
  type CheckPassword,
  passwordCheck,
  type SignInOrigin,
  type SignInOutcome,
} from './password-check.ts';
export { hashPassword, verifyPassword } from './password-hash.ts';
export { type Booking, type SignInAttempts, signInAttempts } from './sign-in-attempts.ts';
export {
  type CheckTicket,
  issueTicket,
  liveTickets,
  type TicketHolder,
  ticketCheck,
  ticketKeyIn,
  ticketSeconds,
} from './tickets.ts';
