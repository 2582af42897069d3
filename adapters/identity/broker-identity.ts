import type { DatabaseHandle } from '@atelier/adapters/postgres';
import { everyoneGroup } from './everyone.ts';
import { type NlaIdentity, nlaIdentity } from './nla-identity.ts';
import { keepsNtHashes, ntHashStore } from './nt-hash-store.ts';
import { type CheckPassword, passwordCheck, type SignInOutcome } from './password-check.ts';
import { liveTickets, type TicketHolder, ticketCheck } from './tickets.ts';

/** All that a broker needs to know of people. */
export interface PeopleOfBroker {
  readonly checkPassword: CheckPassword;
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
  }: {
    readonly onOutcome?: (outcome: SignInOutcome) => void;
    /** As of `passwordCheck`. */
    readonly slowly?: <Result>(work: () => Promise<Result>) => Promise<Result>;
    readonly ticketKey?: Uint8Array;
  } = {},
): Promise<PeopleOfBroker> {
  const ntHashes = ntHashStore(key);
  // Rights are given to it, also where no server has run yet.
  await everyoneGroup(database.db);
  const byTicket = ticketKey ? { liveTickets: (name: string) => liveTickets(database, ticketKey, name) } : {};
  return {
    checkPassword: passwordCheck(database, { ntHashes, ...options }),
    ...((await keepsNtHashes(database.db)) ? { nla: { ...nlaIdentity(database, ntHashes), ...byTicket } } : {}),
    redeemTicket: ticketCheck(database),
  };
}
