import type { BrokerChain } from '@atelier/adapters/broker-plug-ins';
import type { SessionDirectory } from '@atelier/adapters/session-directory';
import type { Session } from '@atelier/domain/broker';
import type { Identity, KerberosAcceptorOptions } from '@atelier/spnego';

/** Who a person is, and how that is proved. */
export interface BrokerIdentity {
  /**
   * Checks a password, with the back-off that all servers share.
   * @throws AtelierError `people.sign-in-failed`, `people.sign-in-backoff` (extra.retryAfterSeconds)
   */
  checkPassword(
    name: string,
    password: string,
    from: { readonly ip: string; readonly correlationId: string },
  ): Promise<SignedInUser>;
  /** Sign-in by NLA; left out where nobody keeps what it needs: then TLS is negotiated. */
  readonly nla?: NlaIdentity;
  /** Takes a one-time ticket in place of a password: null when there is no such one. */
  redeemTicket?(name: string, ticket: string, ip: string): Promise<TicketHolder | null>;
}

export interface SignedInUser {
  readonly id: string;
  readonly name: string;
}

/** How Kerberos is taken besides NTLM. */
export interface KerberosAcceptance {
  options(): KerberosAcceptorOptions;
  /** The name here of whom a ticket vouches for; null for nobody of ours. */
  userOf(identity: Identity): string | null;
}

/** What NTLM proves a password by. */
export interface NlaIdentity {
  /** The NT hash (16 bytes); null: no such user, none kept, or the name or address has to wait. */
  ntHash(name: string, ip: string): Promise<Uint8Array | null>;
  /** Books a refused sign-in for the back-off. */
  refused(name: string, ip: string): Promise<void>;
  /** The user whose hash it was. */
  accepted(name: string, ip: string): Promise<SignedInUser | null>;
  /** The user of a name whom somebody else vouches for; null when there is none, or they are disabled. */
  vouched(name: string): Promise<SignedInUser | null>;
  /** One-time tickets of this person that are good now: the one that is proved is used up by `redeemTicket`. */
  liveTickets?(name: string): Promise<readonly string[]>;
  readonly kerberos?: KerberosAcceptance;
}

export interface TicketHolder extends SignedInUser {
  /** Name of the collection, or of the one target, that the ticket is for; null for any. */
  readonly collection: string | null;
  readonly target: string | null;
}

/** Passwords by which a host lets one user in once, so that nobody's own is handed on. */
export interface SingleUsePasswords {
  make(user: string, targetId: string): string;
  /** Whether it is one of ours for this user on this target, be its time over: who holds it was let in by it. */
  isOurs(password: string, user: string, targetId: string): boolean;
}

/** What the broker tells those who watch. Must not throw; holds no secrets. */
export interface BrokerNotes {
  tokenRefused(note: { readonly address: string; readonly why: string; readonly correlationId: string }): void;
  targetLost(note: { readonly target: string; readonly why: string; readonly sessions: number }): void;
  signedIn(note: {
    readonly user: string;
    readonly address: string;
    readonly by: string;
    readonly correlationId: string;
  }): void;
  failed(note: {
    /** Who signed in, or what a stranger called themselves. */
    readonly user: string;
    readonly signedIn: boolean;
    readonly address: string;
    readonly why: string;
    readonly correlationId: string;
  }): void;
  session?(note: { readonly session: Session; readonly what: string }): void;
}

/** A logger as pino's. */
export interface BrokerLog {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

/** What the broker reaches the world with. */
export interface BrokerParts {
  readonly directory: SessionDirectory;
  readonly identity: BrokerIdentity;
  /** The plug-ins; null: the broker alone decides. */
  readonly chain: BrokerChain | null;
  readonly notes: BrokerNotes;
  /** For collections that ask for them. */
  readonly passwords: SingleUsePasswords;
  readonly log: BrokerLog;
}
