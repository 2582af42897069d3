import type { Environment } from './environment.ts';
import type { Keytab } from './kerberos/keytab.ts';
import type { ReplayCache } from './kerberos/replay-cache.ts';

/** Whom an NTLM client says it is. */
export interface NtlmAccount {
  readonly user: string;
  /** May be empty, this machine's name, or what our challenge called the target: all three mean a local account. */
  readonly domain: string;
  readonly workstation: string;
}

/** What a domain controller needs to judge an NTLMv2 answer for us (the fields of NETLOGON_NETWORK_INFO). */
export interface NtlmAttempt extends NtlmAccount {
  readonly serverChallenge: Uint8Array;
  readonly ntResponse: Uint8Array;
  readonly lmResponse: Uint8Array;
}

/** How to accept NTLM. At least one of `ntHash` and `verify` is there; `verify` is asked when what `ntHash` gave does not fit, or was null. */
export interface NtlmAcceptorOptions {
  /** Our NetBIOS name, at most 15 letters: what the challenge names as target unless `domainName` is there. */
  readonly computerName: string;
  /** Our DNS name. */
  readonly dnsName?: string;
  /** NetBIOS name of our domain, when there is one. */
  readonly domainName?: string;
  readonly dnsDomainName?: string;
  /** The NT hash (16 bytes, `ntHash(password)`) of a local account; null if there is no such account or it may not log on. */
  readonly ntHash?: (account: NtlmAccount) => Promise<Uint8Array | null> | Uint8Array | null;
  /** Asks somebody else (winbind, a domain controller, `judgeNtlm` with other hashes) to judge: gives the session base key (16 bytes), or null for no. */
  readonly verify?: (attempt: NtlmAttempt) => Promise<Uint8Array | null> | Uint8Array | null;
  /** Refuses clients whose AUTHENTICATE_MESSAGE has no MIC. Default false: some clients in use never send one. */
  readonly requireMic?: boolean;
}

/** How to accept Kerberos. */
export interface KerberosAcceptorOptions {
  readonly keytab: Keytab;
  /** Remembers authenticators: share one among all contexts of a process (`memoryReplayCache`). */
  readonly replayCache: ReplayCache;
  /** Which services' tickets are good here, by the first part of the name in any case. Default: HTTP, WSMAN, host, TERMSRV. */
  readonly services?: readonly string[];
  /** Allowed difference of clocks in ms. Default 300,000. */
  readonly clockSkewMs?: number;
}

/** Whether a logon over TLS must be bound to that TLS channel: `relaxed` checks what the client sends, `strict` demands it. */
export type ChannelBindingLevel = 'none' | 'relaxed' | 'strict';

/** How to accept a logon: which mechanisms (at least one), in which channel. */
export interface AcceptorOptions extends Environment {
  readonly ntlm?: NtlmAcceptorOptions;
  readonly kerberos?: KerberosAcceptorOptions;
  /** `tlsServerEndPoint(certificate)` when the connection is TLS, else left out. */
  readonly channelBinding?: Uint8Array;
  /** Default `relaxed`. Without `channelBinding` nothing is checked. */
  readonly channelBindingLevel?: ChannelBindingLevel;
}
