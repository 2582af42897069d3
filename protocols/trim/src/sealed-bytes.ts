import { createCipheriv, createDecipheriv, hash } from 'node:crypto';
import { TrimError } from './trim-error.ts';

const tagBytes = 16;
const nonceBytes = 12;

/** How much longer bytes become by being sealed. */
export const sealBytesAdded = nonceBytes + tagBytes;

/** What is sealed, other than frames: eight letters that are authenticated with it (README, "Encryption"). */
export type SealedPart = 'TRIMINDX' | 'TRIMDIRS' | 'TRIMDTAB';

/**
 * Bytes encrypted with AES-256-GCM: nonce (12), ciphertext, tag (16). The nonce comes from key, context and content, so that
 * the same thing sealed twice is the same bytes and no two contents share a nonce.
 */
export function sealBytes(plain: Uint8Array, key: Uint8Array, context: SealedPart | Uint8Array): Uint8Array {
  const aad = Buffer.from(context as Uint8Array);
  const nonce = hash('sha256', Buffer.concat([Buffer.from('TRIMNONC'), key, aad, plain]), 'buffer').subarray(
    0,
    nonceBytes,
  );
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(aad);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** What is in sealed bytes; `what` is named in errors. Throws `trim.format` when key, context or content do not fit. */
export function openBytes(
  stored: Uint8Array,
  key: Uint8Array,
  context: SealedPart | Uint8Array,
  what: string,
): Uint8Array {
  if (stored.length <= sealBytesAdded) throw new TrimError('trim.format', `${what} is too short to be encrypted`);
  const decipher = createDecipheriv('aes-256-gcm', key, stored.subarray(0, nonceBytes));
  decipher.setAAD(Buffer.from(context as Uint8Array));
  decipher.setAuthTag(stored.subarray(stored.length - tagBytes));
  try {
    return Buffer.concat([decipher.update(stored.subarray(nonceBytes, stored.length - tagBytes)), decipher.final()]);
  } catch (cause) {
    throw new TrimError('trim.format', `${what} does not open with the content key`, { cause });
  }
}
