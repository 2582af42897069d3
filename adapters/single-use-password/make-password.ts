import { type KeyObject, randomBytes, sign } from 'node:crypto';
import { lengths, type PasswordHolder, passwordLifeMs, passwordMark, signedBytes } from './token.ts';

/**
 * A password that lets one user in on one target once: 116 characters of ASCII, which RDP clients (255) and xrdp (256) take whole.
 * `privateKey`: Ed25519. `now`: milliseconds since 1970.
 */
export function makePassword(
  privateKey: KeyObject,
  holder: PasswordHolder,
  now: number,
  lifeMs = passwordLifeMs,
): string {
  const head = Buffer.concat([Buffer.alloc(lengths.until), randomBytes(lengths.nonce)]);
  head.writeUInt32BE(Math.ceil((now + lifeMs) / 1000));
  const signature = sign(null, signedBytes(holder, head), privateKey);
  return `${passwordMark}${Buffer.concat([head, signature]).toString('base64url')}`;
}
