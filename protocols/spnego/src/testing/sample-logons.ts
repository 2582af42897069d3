import { randomBytes } from 'node:crypto';
import type { AcceptorOptions } from '../acceptor-options.ts';
import type { InitiatorOptions, KerberosCredentials, NtlmCredentials } from '../initiator-options.ts';
import { ntHash } from '../ntlm/ntlmv2.ts';
import { sampleKerberos } from './sample-kerberos.ts';

export const environment = {
  now: () => Date.UTC(2026, 10, 21, 9, 0, 0, 250),
  random: (length: number) => new Uint8Array(randomBytes(length)),
};
const password = ntHash('Pässwörd');
const kerberos = sampleKerberos(environment.now());

/** A server that knows the user `zoë` by NTLM and everybody with a ticket of the sample realm. */
export const sampleAcceptor = (more: Partial<AcceptorOptions> = {}): AcceptorOptions => ({
  ...environment,
  ntlm: { computerName: 'WEB', ntHash: ({ user }) => (user.toLowerCase() === 'zoë' ? password : null) },
  kerberos: { keytab: kerberos.keytab, replayCache: { add: () => true } },
  ...more,
});

export const ntlmCredentials: NtlmCredentials = { kind: 'ntlm', user: 'zoë', domain: '', ntHash: password };
export const kerberosCredentials: KerberosCredentials = { kind: 'kerberos', ticket: kerberos.ticket({}) };

export const sampleInitiator = (
  credentials: InitiatorOptions['credentials'] = [ntlmCredentials],
  more: Partial<InitiatorOptions> = {},
): InitiatorOptions => ({ ...environment, credentials, ...more });
