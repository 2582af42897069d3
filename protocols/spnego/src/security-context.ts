/** How the parties proved who they are. */
export type Mechanism = 'ntlm' | 'kerberos';

/** Who logged on, as the mechanism proved it. Whether this user may do anything is for the caller to decide. */
export interface Identity {
  readonly mechanism: Mechanism;
  /** The account without domain or realm, in the client's spelling: compare without regard to case. `HTTP/web` for a service. */
  readonly user: string;
  /** NTLM: the domain that the client named, may be empty. Kerberos: the realm. */
  readonly domain: string;
  /** `DOMAIN\user`, `user` (NTLM without a domain) or `user@REALM`: for logs and audits. */
  readonly name: string;
  /** The client's computer name as it claims it (NTLM); empty if unknown. Proves nothing. */
  readonly workstation: string;
  /** The service principal that the ticket was for, such as `HTTP/web.example.org@EXAMPLE.ORG`; null with NTLM. */
  readonly service: string | null;
  /** Kerberos: the authorization data of the ticket, in which Active Directory puts the PAC; null if there is none. */
  readonly authorizationData: readonly AuthorizationData[] | null;
  /** Kerberos: the client handed on its ticket (KRB-CRED, still encrypted); null if it did not. */
  readonly delegated: Uint8Array | null;
  /** Whether the client bound its logon to our TLS channel, and it matched. */
  readonly channelBound: boolean;
}

/** One element of a Kerberos ticket's authorization data (RFC 4120 §5.2.6), outermost level. */
export interface AuthorizationData {
  readonly type: number;
  readonly data: Uint8Array;
}

/** What one step gave: a token to send (if any), and whether the logon is complete on this side. */
export interface StepResult {
  readonly token: Uint8Array | null;
  readonly done: boolean;
  /** Acceptor only, once `done`: who logged on. */
  readonly identity: Identity | null;
}

/** An encrypted message in the two parts that WinRM sends apart (`header` is the signature or security trailer). */
export interface SealedMessage {
  readonly header: Uint8Array;
  readonly data: Uint8Array;
}

/**
 * One logon on one connection, either side, whatever the mechanism. Not for sharing among connections.
 * All errors are `SpnegoError`; after any of them the context is dead and the connection should end.
 */
export interface SecurityContext {
  readonly role: 'acceptor' | 'initiator';
  /** Known at the latest when done. */
  readonly mechanism: Mechanism | null;
  /** How tokens look on the wire: SPNEGO around the mechanism, or the mechanism's own token alone. Known after the first step. */
  readonly framing: 'spnego' | 'raw' | null;
  readonly done: boolean;
  /** Acceptor, once done: who logged on. */
  readonly identity: Identity | null;
  /** Whether the parties agreed on encryption of messages: else `seal`, `open`, `wrap` and `unwrap` throw `spnego.not-sealed`. */
  readonly canSeal: boolean;
  /** The key both sides share, once done: NTLM's exported session key, or Kerberos's session or subsession key. A copy. */
  sessionKey(): Uint8Array;
  /**
   * Takes the peer's token (null for the initiator's first step) and gives the next.
   * Await each step before the next; a second one at the same time is `spnego.out-of-order`.
   */
  step(token: Uint8Array | null): Promise<StepResult>;
  /** Encrypts and signs one message; messages must arrive in this order. */
  seal(plain: Uint8Array): SealedMessage;
  /** Decrypts and checks the peer's next message. Changed, repeated, lost or reordered is `spnego.sealed-message`. */
  open(sealed: SealedMessage): Uint8Array;
  /** As `seal`, in one piece: header, then data (a GSS wrap token). */
  wrap(plain: Uint8Array): Uint8Array;
  /** As `open`, of one piece. */
  unwrap(token: Uint8Array): Uint8Array;
  /** The signature of a message that travels in clear (a GSS MIC token). */
  sign(message: Uint8Array): Uint8Array;
  /** Checks the peer's next signature; wrong is `spnego.sealed-message`. */
  verify(message: Uint8Array, signature: Uint8Array): void;
  /** Overwrites the keys. The context cannot be used any more. */
  close(): void;
}
