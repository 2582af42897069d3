/** One row of the table of errors: what happened in general, and what the reader can do. Plain text, no markup. */
export interface SpnegoErrorText {
  readonly cause: string;
  readonly fix: string;
}

const rows = {
  'spnego.malformed': {
    cause: 'an authentication token or a file of keys does not follow its format, or is larger than the limits allow',
    fix: 'look for a proxy that changes headers or bodies; if there is none, treat the peer as hostile',
  },
  'spnego.mechanism': {
    cause: 'the two sides have no authentication mechanism in common',
    fix: 'enable NTLM or Kerberos on one of the two sides so that both have one',
  },
  'spnego.out-of-order': {
    cause:
      'an authentication message came at a time when another one was due, or on another connection than it began on',
    fix: 'keep one connection open for the whole authentication; a proxy in between must not share connections among clients',
  },
  'spnego.refused': {
    cause: 'the user name or the password is wrong, or the user may not log on',
    fix: 'check the user name, its domain and the password',
  },
  'spnego.anonymous': {
    cause: 'the client tried to log on without a user name',
    fix: 'give the client a user name and a password',
  },
  'spnego.weak': {
    cause: 'the peer offers only cryptography that is broken (LM, NTLMv1, no session security, DES or RC4 tickets)',
    fix: 'have the peer use NTLMv2 or Kerberos with AES keys',
  },
  'spnego.channel-binding': {
    cause:
      'the client logged on over another TLS connection than the one that its message came on, or did not say over which',
    fix: 'check for a TLS-terminating proxy or an attacker in between; lower the channel binding level only for clients that you trust',
  },
  'spnego.mic': {
    cause: 'the messages of the authentication were changed on their way, or the password behind them differs',
    fix: 'check for an attacker in between; if there is none, update the client',
  },
  'spnego.sealed-message': {
    cause: 'an encrypted message was changed, repeated, lost or reordered',
    fix: 'close the connection and log on again',
  },
  'spnego.not-sealed': {
    cause: 'the client did not ask for message encryption, so nothing can be encrypted with this logon',
    fix: 'turn on message encryption in the client, or use HTTPS',
  },
  'spnego.not-ready': {
    cause: 'keys of a logon were asked for before it was complete, or after it was closed',
    fix: 'log on first',
  },
  'spnego.clock-skew': {
    cause: 'the clocks of the two machines differ by more than is allowed (5 minutes unless configured)',
    fix: 'set the clocks of both machines, best by NTP',
  },
  'spnego.replay': {
    cause: 'the same Kerberos authenticator was presented before',
    fix: 'have the client ask for a new one; if it happens often, look for somebody who records traffic',
  },
  'spnego.ticket': {
    cause: 'a Kerberos ticket has expired, is not valid yet, or cannot be decrypted with our key',
    fix: 'log on anew with kinit; if it still fails, write the keytab again from the domain',
  },
  'spnego.key-missing': {
    cause: 'the keytab has no key for the service, version and encryption type that the ticket is for',
    fix: 'add the service principal with its present key (HTTP/, WSMAN/ and host/ of this machine’s full name) to the keytab',
  },
  'spnego.kdc': {
    cause: 'the Kerberos domain controller answered with an error or with something that is not its answer',
    fix: 'read the error’s name: usually a wrong password, an unknown service name or a clock that is off',
  },
  'spnego.http-encryption': {
    cause: 'an encrypted HTTP body does not have the form that WS-Management prescribes',
    fix: 'look for a proxy that changes bodies; else update the client',
  },
  'spnego.credssp': {
    cause: 'the two sides of CredSSP do not agree on version, public key or credentials',
    fix: 'check for an attacker in between TLS; update the older side',
  },
} as const satisfies Readonly<Record<string, SpnegoErrorText>>;

/** The stable codes of `SpnegoError`. */
export type SpnegoErrorCode = keyof typeof rows;

/** Cause and fix of every code. */
export const spnegoErrors: Readonly<Record<SpnegoErrorCode, SpnegoErrorText>> = rows;
