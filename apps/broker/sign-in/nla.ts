import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { TLSSocket } from 'node:tls';
import { acceptCredSsp, type Identity, isSpnegoError, type PasswordCredentials } from '@atelier/spnego';
import type { NlaIdentity, SignedInUser } from '../broker-parts.ts';

/** Who signed in by NLA, and what it delegated. */
export interface NlaResult {
  readonly user: SignedInUser;
  readonly credentials: PasswordCredentials | null;
  /** What came behind the last message of CredSSP. */
  readonly surplus: Uint8Array;
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
  identity: NlaIdentity,
  given: { readonly publicKey: Uint8Array; readonly ip: string; readonly signal: AbortSignal },
): Promise<NlaResult | null> {
  let name = '';
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
        return identity.ntHash(account.user, given.ip);
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
      if (read > mostBytes) throw new Error('the client sends more than nla needs');
      const { token, done } = await credssp.push(chunk as Buffer);
      if (token) tls.write(token);
      if (done) break;
    }
    if (!credssp.done || !credssp.identity) throw new Error('the client hung up during nla');
    const user = await userOf(identity, credssp.identity, given.ip);
    if (!user) return null;
    return { user, credentials: credssp.credentials, surplus: credssp.surplus() };
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
