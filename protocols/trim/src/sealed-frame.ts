import { createCipheriv, createDecipheriv, hash } from 'node:crypto';
import { TrimError } from './trim-error.ts';

const tagBytes = 16;
const nonceBytes = 12;

/**
 * A compressed frame, encrypted with AES-256-GCM (README, "Encryption"): nonce (12), ciphertext, tag (16); the frame's
 * digest is authenticated with it. The nonce comes from key, digest and content, so that a frame packed twice is the same
 * bytes and no two contents share a nonce.
 */
export function sealFrame(packed: Uint8Array, key: Uint8Array, frameDigest: Uint8Array): Uint8Array {
  const nonce = hash('sha256', Buffer.concat([Buffer.from('TRIMNONC'), key, frameDigest, packed]), 'buffer').subarray(
    0,
    nonceBytes,
  );
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(frameDigest);
  return Buffer.concat([nonce, cipher.update(packed), cipher.final(), cipher.getAuthTag()]);
}

/** The compressed frame in a sealed one. Throws `trim.format` when key, digest or content do not fit. */
export function openFrame(stored: Uint8Array, key: Uint8Array, frameDigest: Uint8Array): Uint8Array {
  if (stored.length <= nonceBytes + tagBytes) throw new TrimError('trim.format', 'an encrypted frame is too short');
  const decipher = createDecipheriv('aes-256-gcm', key, stored.subarray(0, nonceBytes));
  decipher.setAAD(frameDigest);
  decipher.setAuthTag(stored.subarray(stored.length - tagBytes));
  try {
    return Buffer.concat([decipher.update(stored.subarray(nonceBytes, stored.length - tagBytes)), decipher.final()]);
  } catch (cause) {
    throw new TrimError('trim.format', 'an encrypted frame does not open with the content key', { cause });
  }
}
