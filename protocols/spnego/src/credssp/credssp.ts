import type { Identity } from '../security-context.ts';

/** What the client hands over for the server to act in its name (TSPasswordCreds). The password is a secret. */
export interface PasswordCredentials {
  readonly domain: string;
  readonly user: string;
  readonly password: string;
}

/** What CredSSP gives for bytes that came. */
export interface CredSspResult {
  /** Bytes to send through TLS, if any. */
  readonly token: Uint8Array | null;
  readonly done: boolean;
}

/** One CredSSP exchange, either side, over bytes that TLS (the caller's) has decrypted already. */
export interface CredSsp {
  readonly role: 'acceptor' | 'initiator';
  /** The version in use: the lower of both sides, 2 to 6; null before the first message. */
  readonly version: number | null;
  readonly done: boolean;
  /** Acceptor, once done. */
  readonly identity: Identity | null;
  /** Acceptor, once done: what the client delegated; null when it delegated no password (Restricted Admin). */
  readonly credentials: PasswordCredentials | null;
  /**
   * Takes bytes in any slices (null or empty for the initiator's first step); what is not a whole message yet is kept.
   * A `SpnegoError` thrown may carry a `reply` that tells the client why: send it, then close.
   */
  push(bytes: Uint8Array | null): Promise<CredSspResult>;
  /** What came after the last message of CredSSP: the first bytes of the protocol that follows. */
  surplus(): Uint8Array;
  /** Overwrites the keys and lets go of the credentials. */
  close(): void;
}
