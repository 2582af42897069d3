import { createHmac, timingSafeEqual } from 'node:crypto';

const prefix = 'atelier-repository.';

/** How long a credential holds, in milliseconds. Endpoints ask for a new one when theirs has ended. */
export const credentialLifetimeMs = 15 * 60_000;

/** The holder of credentials with which the server itself reads its repository. */
export const ownReader = 'server';

const mac = (key: Uint8Array, text: string) => createHmac('sha256', key).update(prefix).update(text).digest();

/** A bearer credential with which one holder (an endpoint's id) may read the repository until `expiresAt`. */
export function issueCredential(key: Uint8Array, holder: string, expiresAt: Date): string {
  const text = `${holder}.${Math.floor(expiresAt.getTime() / 1000)}`;
  return `${prefix}${text}.${mac(key, text).toString('base64url')}`;
}

/** The holder of a credential that we issued and that has not ended; undefined for everything else. */
export function credentialHolder(key: Uint8Array, credential: string, now: Date): string | undefined {
  const match = /^atelier-repository\.([0-9A-Za-z-]{1,64})\.(\d{1,12})\.([A-Za-z0-9_-]{43})$/.exec(credential);
  if (!match) return undefined;
  const [, holder, until, signature] = match as unknown as [string, string, string, string];
  if (!timingSafeEqual(mac(key, `${holder}.${until}`), Buffer.from(signature, 'base64url'))) return undefined;
  return Number(until) * 1000 > now.getTime() ? holder : undefined;
}
