import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import {
  type InitiatorOptions,
  ntHash,
  obtainServiceTicket,
  obtainTicketGrantingTicket,
  parseCredentialCache,
  type ServiceTicket,
} from '@atelier/spnego';
import type { Credentials, KerberosLogon, Target } from '../connection-options.ts';
import { winrmError } from '../errors.ts';
import { findKdcs } from './find-kdcs.ts';
import { askKdcs } from './kdc-exchange.ts';
import { readUserName } from './user-name.ts';

const now = () => Date.now();
const random = (length: number) => randomBytes(length);

/** Whether the credentials are proved by a handshake of tokens. */
export const needsHandshake = (credentials: Credentials): boolean =>
  credentials.kind === 'negotiate' || credentials.kind === 'kerberos';

async function grantingTicket(logon: KerberosLogon, signal: AbortSignal): Promise<ServiceTicket> {
  if (logon.cache !== undefined) {
    const tickets = parseCredentialCache(await readFile(logon.cache));
    const granting = tickets.find((one) => one.service[0] === 'krbtgt' && one.endTime > now());
    if (!granting) throw winrmError('winrm.denied', `the cache ${logon.cache} holds no ticket that is still good`);
    return granting;
  }
  const { user, domain } = readUserName(logon.user ?? '');
  if (user === '' || domain === '' || logon.password === undefined)
    throw winrmError('winrm.request', 'Kerberos needs user@REALM and a password, or a credential cache');
  const realm = domain.toUpperCase();
  const access = { now, random, exchange: exchangeWith(logon, signal) };
  return obtainTicketGrantingTicket(access, { realm, client: user, password: logon.password });
}

const exchangeWith =
  (logon: KerberosLogon, signal: AbortSignal) =>
  async (realm: string, request: Uint8Array): Promise<Uint8Array> =>
    askKdcs(await findKdcs(realm, logon.kdcs), request, signal);

/** What `initiateSecurity` needs for these credentials. Kerberos gets its tickets here; NTLM's hash is made here. */
export async function securityOptions(
  credentials: Credentials,
  target: Target,
  channelBinding: Uint8Array | null,
  signal: AbortSignal,
): Promise<InitiatorOptions> {
  const common = { now, random, ...(channelBinding ? { channelBinding } : {}) };
  if (credentials.kind === 'kerberos') {
    const [name, host] = credentials.service ?? ['HTTP', target.host];
    const granting = await grantingTicket(credentials, signal);
    const access = { now, random, exchange: exchangeWith(credentials, signal) };
    const ticket = await obtainServiceTicket(access, granting, [name, host]);
    return { ...common, credentials: [{ kind: 'kerberos', ticket }] };
  }
  if (credentials.kind !== 'negotiate') throw new Error('these credentials need no handshake');
  const { user, domain } = readUserName(credentials.user);
  return {
    ...common,
    credentials: [
      {
        kind: 'ntlm',
        user,
        domain,
        ntHash: ntHash(credentials.password),
        workstation: hostname(),
        targetName: `HTTP/${target.host}`,
      },
    ],
  };
}
