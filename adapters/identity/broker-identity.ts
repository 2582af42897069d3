import type { DatabaseHandle } from '@atelier/adapters/postgres';
import { everyoneGroup } from './everyone.ts';
import { groupIdsOf } from './membership.ts';
import { type NlaIdentity, nlaIdentity } from './nla-identity.ts';
import { keepsNtHashes, ntHashStore } from './nt-hash-store.ts';
import { type CheckPassword, passwordCheck, type SignInOutcome } from './password-check.ts';
import { checkTicket, type TicketHolder } from './tickets.ts';

/** All that a broker needs to know of people. */
export interface PeopleOfBroker {
  readonly checkPassword: CheckPassword;
  groupIdsOf(userId: string): Promise<readonly string[]>;
  /** Left out while the setting `broker.nla` is off. */
  readonly nla?: NlaIdentity;
  /** Takes a one-time ticket in place of a password: null when there is no such one. */
  redeemTicket(name: string, ticket: string, ip: string): Promise<TicketHolder | null>;
}

/** People of a database for a broker process. @param key what `loadSecretKey` gave */
export async function peopleOfBroker(
  database: DatabaseHandle,
  key: Buffer,
  options: { readonly onOutcome?: (outcome: SignInOutcome) => void } = {},
): Promise<PeopleOfBroker> {
  const ntHashes = ntHashStore(key);
  const everyoneId = await everyoneGroup(database.db);
  return {
    checkPassword: passwordCheck(database, { ntHashes, ...options }),
    groupIdsOf: (userId) => groupIdsOf(database.db, userId, everyoneId),
    ...((await keepsNtHashes(database.db)) ? { nla: nlaIdentity(database, ntHashes) } : {}),
    redeemTicket: (name, ticket) => checkTicket(database, name, ticket),
  };
}
