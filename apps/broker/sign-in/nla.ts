import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { TLSSocket } from 'node:tls';
import { RdpError } from '@atelier/rdp';
import {
  acceptCredSsp,
  type Identity,
  isSpnegoError,
  judgeNtlm,
  type NtlmAttempt,
  ntHash,
  type PasswordCredentials,
} from '@atelier/spnego';
import type { BrokerIdentity, NlaIdentity, SignedInUser, TicketHolder } from '../broker-parts.ts';

/** Who signed in by NLA, and what it delegated. */
export interface NlaResult {
  readonly user: SignedInUser;
  readonly credentials: PasswordCredentials | null;
  /** The one-time ticket that was proved, and used up by it; null: it was the password, or Kerberos. */
  readonly ticket: TicketHolder | null;
  /** What came behind the last message of CredSSP. */
  readonly surplus: Uint8Array;
}

/** Which of a person's one-time tickets an answer was made with. */
async function ticketOf(nla: NlaIdentity, attempt: NtlmAttempt) {
  for (const ticket of (await nla.liveTickets?.(attempt.user)) ?? []) {
    const sessionKey = judgeNtlm(ntHash(ticket), attempt);
    if (sessionKey) return { ticket, sessionKey };
  }
  return null;
}

async function userOf(nla: NlaIdentity, proved: Identity, ip: string): Promise<SignedInUser | null> {
  if (proved.mechanism === 'ntlm') return await nla.accepted(proved.user, ip);
  const name = nla.kerberos?.userOf(proved) ?? null;
  return name === null ? null : await nla.vouched(name);
}

const mostBytes = 64 * 1024;

/**
 * Network Level Authentication (MS-CSSP) on a fresh TLS connection. Gives null when the client was refused: it has been told so.
 * Rejects when the client hangs up, sends nonsense, or `signal` aborts.
 */
export async function signInByNla(
  tls: TLSSocket,
  { nla: identity, redeemTicket }: Pick<BrokerIdentity, 'redeemTicket'> & { readonly nla: NlaIdentity },
  given: {
    readonly publicKey: Uint8Array;
    readonly ip: string;
    readonly signal: AbortSignal;
    /** Called with the name that is to be proved, before it is. */
    readonly tried: (name: string) => void;
  },
): Promise<NlaResult | null> {
  let name = '';
  let ticket: string | null = null;
  const credssp = acceptCredSsp({
    now: Date.now,
    random: (length) => new Uint8Array(randomBytes(length)),
    publicKey: given.publicKey,
    kerberos: identity.kerberos?.options(),
    ntlm: {
      computerName: hostname().toUpperCase().slice(0, 15),
      dnsName: hostname(),
      ntHash: (account) => {
        name = account.user;
        given.tried(name);
        return identity.ntHash(account.user, given.ip);
      },
      // What is no password may be a ticket.
      verify: async (attempt) => {
        const found = await ticketOf(identity, attempt);
        ticket = found?.ticket ?? null;
        return found?.sessionKey ?? null;
      },
    },
  });
  const onAbort = () => tls.destroy(given.signal.reason as Error);
  given.signal.addEventListener('abort', onAbort, { once: true });
  try {
    let read = 0;
    // Leaving the loop must not destroy the stream: RDP follows on it.
    for await (const chunk of tls.iterator({ destroyOnReturn: false })) {
      read += (chunk as Buffer).length;
      if (read > mostBytes) throw new RdpError('limits', 'the client sends more than nla needs');
      const { token, done } = await credssp.push(chunk as Buffer);
      if (token) tls.write(token);
      if (done) break;
    }
    if (!credssp.done || !credssp.identity) throw new Error('the client hung up during nla');
    const holder = ticket === null ? null : await redeemTicket?.(credssp.identity.user, ticket, given.ip);
    // Somebody was faster with the same ticket.
    if (ticket !== null && !holder) return null;
    const user = await userOf(identity, credssp.identity, given.ip);
    if (!user) return null;
    return { user, credentials: credssp.credentials, ticket: holder ?? null, surplus: credssp.surplus() };
  } catch (error) {
    if (!isSpnegoError(error, 'spnego.refused')) throw error;
    await identity.refused(name, given.ip);
    if (error.reply) await new Promise((resolve) => tls.end(error.reply!, () => resolve(null)));
    return null;
  } finally {
    given.signal.removeEventListener('abort', onAbort);
    credssp.close();
  }
}
