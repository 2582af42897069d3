import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { AtelierError } from '@atelier/domain/errors';

const format = 1;
const nonceSize = 12;
const tagSize = 16;

/**
 * Seals `text` under `key` (32 bytes) with AES-256-GCM: format byte, nonce, tag, ciphertext. The secret's `name` is
 * authenticated with it, so that a sealed value cannot be put under another name.
 */
export function sealSecret(key: Buffer, name: string, text: string): Buffer {
  const nonce = randomBytes(nonceSize);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.of(format), nonce, cipher.getAuthTag(), sealed]);
}

/** Opens what {@link sealSecret} made; throws AtelierError `database.secret-unreadable` when key, name or bytes differ. */
export function openSecret(key: Buffer, name: string, sealed: Buffer): string {
  try {
    if (sealed[0] !== format) throw new Error(`format ${sealed[0]} is not known`);
    const [nonce, tag] = [sealed.subarray(1, 1 + nonceSize), sealed.subarray(1 + nonceSize, 1 + nonceSize + tagSize)];
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagSize })
      .setAAD(Buffer.from(name))
      .setAuthTag(tag);
    return Buffer.concat([decipher.update(sealed.subarray(1 + nonceSize + tagSize)), decipher.final()]).toString(
      'utf8',
    );
  } catch (cause) {
    throw new AtelierError('database.secret-unreadable', `the secret ${name} cannot be opened with this key`, {
      cause,
    });
  }
}
