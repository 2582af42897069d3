import type { Environment } from './environment.ts';
import type { ServiceTicket } from './kerberos/service-ticket.ts';

/** How to log on by NTLMv2. */
export interface NtlmCredentials {
  readonly kind: 'ntlm';
  readonly user: string;
  /** Empty for a local account of the server. */
  readonly domain: string;
  /** The NT hash of the password: `ntHash(password)`. */
  readonly ntHash: Uint8Array;
  /** Our own computer name, for the server's logs. Default empty. */
  readonly workstation?: string;
  /** The service principal that we mean to reach, such as `HTTP/host`: sent as proof against relaying. */
  readonly targetName?: string;
}

/** How to log on by Kerberos: a ticket for the service, got from `kinit`'s cache or from the KDC (`obtainServiceTicket`). */
export interface KerberosCredentials {
  readonly kind: 'kerberos';
  readonly ticket: ServiceTicket;
}

/** How to log on. */
export interface InitiatorOptions extends Environment {
  /** In order of preference: the first that the server takes is used. */
  readonly credentials: readonly (NtlmCredentials | KerberosCredentials)[];
  /** `spnego` (default) or the first mechanism's own tokens alone. */
  readonly framing?: 'spnego' | 'raw';
  /** Ask for encryption of messages. Default true. */
  readonly seal?: boolean;
  /** `tlsServerEndPoint(certificate)` of the server's certificate when the connection is TLS. */
  readonly channelBinding?: Uint8Array;
}
