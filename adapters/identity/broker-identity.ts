import type { DatabaseHandle } from '@atelier/adapters/postgres';
import { everyoneGroup } from './everyone.ts';
import { groupIdsOf } from './membership.ts';
import { type NlaIdentity, nlaIdentity } from './nla-identity.ts';
import { keepsNtHashes, ntHashStore } from './nt-hash-store.ts';
import { type CheckPassword, passwordCheck, type SignInOutcome } from './password-check.ts';
import { checkTicket, liveTickets, type TicketHolder } from './tickets.ts';

/** All that a broker needs to know of people. */
export interface PeopleOfBroker {
  readonly checkPassword: CheckPassword;
  groupIdsOf(userId: string): Promise<readonly string[]>;
  /** Left out while the setting `broker.nla` is off. */
  readonly nla?: NlaIdentity & {
    /** One-time tickets of this person that are good now; the caller uses the proved one up by `redeemTicket`. */
    liveTickets?(name: string): Promise<readonly string[]>;
  };
  /** Takes a one-time ticket in place of a password: null when there is no such one. */
  redeemTicket(name: string, ticket: string, ip: string): Promise<TicketHolder | null>;
}

/** People of a database for a broker process. @param key what `loadSecretKey` gave; `ticketKey`: what `ticketKeyIn` gave, for tickets by NLA */
export async function peopleOfBroker(
  database: DatabaseHandle,
  key: Buffer,
  {
    ticketKey,
    ...options
  }: { readonly onOutcome?: (outcome: SignInOutcome) => void; readonly ticketKey?: Uint8Array } = {},
): Promise<PeopleOfBroker> {
  const ntHashes = ntHashStore(key);
  const everyoneId = await everyoneGroup(database.db);
  const byTicket = ticketKey ? { liveTickets: (name: string) => liveTickets(database, ticketKey, name) } : {};
  return {
    checkPassword: passwordCheck(database, { ntHashes, ...options }),
    groupIdsOf: (userId) => groupIdsOf(database.db, userId, everyoneId),
    ...((await keepsNtHashes(database.db)) ? { nla: { ...nlaIdentity(database, ntHashes), ...byTicket } } : {}),
    redeemTicket: (name, ticket) => checkTicket(database, name, ticket),
  };
}
