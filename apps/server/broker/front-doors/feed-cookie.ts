import { createHmac, timingSafeEqual } from 'node:crypto';

/** How long a client may go on without signing in again. */
export const feedCookieSeconds = 8 * 60 * 60;

/** Name of the cookie by MS-TSWP 2.2.3: clients send back under it what the sign-in answered. */
export const feedCookie = '.ASPXAUTH';

const mac = (secret: Uint8Array, userId: string, until: string, password: string): Buffer =>
  createHmac('sha256', secret).update(`${userId} ${until} ${password}`).digest();

/**
 * The cookie's value: who, until when, and a proof. `password` is the stored form of the person's password: a new password makes cookies void.
 *
 * @param now milliseconds since 1970
 */
export function writeFeedCookie(secret: Uint8Array, userId: string, password: string, now: number): string {
  const until = (Math.floor(now / 1000) + feedCookieSeconds).toString(36);
  return `${userId}.${until}.${mac(secret, userId, until, password).toString('base64url')}`;
}

/** Whom a cookie claims to be; nothing is proved by that. Null when it is none of ours, or over. */
export function claimedInFeedCookie(value: string, now: number): { readonly userId: string } | null {
  const match = /^([0-9A-Z]{26})\.([0-9a-z]{1,10})\.[\w-]{43}$/.exec(value);
  return match && Number.parseInt(match[2]!, 36) * 1000 > now ? { userId: match[1]! } : null;
}

/** Whether the cookie was made by this server for the person with this password. */
export function provesFeedCookie(secret: Uint8Array, value: string, password: string): boolean {
  const [userId = '', until = '', proof = ''] = value.split('.');
  const given = Buffer.from(proof, 'base64url');
  const right = mac(secret, userId, until, password);
  return given.length === right.length && timingSafeEqual(given, right);
}
