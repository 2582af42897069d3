import { type KeyObject, verify } from 'node:crypto';
import { bodyLength, lengths, passwordLifeMs, passwordMark, signedBytes } from './token.ts';

/** A password that is genuine: whoever lets somebody in with it must keep `nonce` until `until`, and let nobody in with it again. */
export interface GenuinePassword {
  readonly targetId: string;
  /** Hexadecimal. */
  readonly nonce: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Why a password lets nobody in: it is for another user or target, or by another key; or its time is over. */
export type PasswordRefusal = 'malformed' | 'not-for-this' | 'expired';

/** Milliseconds that the makers' clocks may run ahead of ours. */
const clocksApartMs = 5 * 60_000;

/** Checks a password for a user on a machine that is these targets. `now`: milliseconds since 1970. */
export function checkPassword(
  publicKey: KeyObject,
  password: string,
  for_: { readonly user: string; readonly targetIds: readonly string[] },
  now: number,
): GenuinePassword | PasswordRefusal {
  if (!password.startsWith(passwordMark) || password.length > 255) return 'malformed';
  const text = password.slice(passwordMark.length);
  const body = Buffer.from(text, 'base64url');
  // Only one text stands for one password: a second way to write it must not pass for another one.
  if (body.length !== bodyLength || body.toString('base64url') !== text) return 'malformed';
  const head = body.subarray(0, lengths.until + lengths.nonce);
  const signature = body.subarray(head.length);
  const targetId = for_.targetIds.find((one) =>
    verify(null, signedBytes({ user: for_.user, targetId: one }, head), publicKey, signature),
  );
  if (targetId === undefined) return 'not-for-this';
  const until = head.readUInt32BE() * 1000;
  if (until <= now || until > now + passwordLifeMs + clocksApartMs) return 'expired';
  return { targetId, nonce: head.subarray(lengths.until).toString('hex'), until };
}
