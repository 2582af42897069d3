import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { readIfThere, writeDurably } from '@atelier/adapters/durable-file';

/** A secret as it lies in a file: AES-256-GCM under a key that lies beside it, so that a copy of one of the two is worth nothing. */
export interface SealedSecret {
  readonly iv: string;
  readonly tag: string;
  readonly sealed: string;
}

/** Seals a secret for `owner`, whose name it is bound to; makes the key when there is none. */
export async function sealSecret(keyPath: string, owner: string, secret: string): Promise<SealedSecret> {
  let key = await readIfThere(keyPath);
  if (key === null) {
    key = randomBytes(32).toString('base64');
    await writeDurably(keyPath, key);
  }
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'base64'), iv);
  cipher.setAAD(Buffer.from(owner));
  const sealed = Buffer.concat([cipher.update(secret), cipher.final()]).toString('base64');
  return { iv: iv.toString('base64'), tag: cipher.getAuthTag().toString('base64'), sealed };
}

/** Opens what was sealed. Throws when the key is gone or another one, or when it was sealed for another owner. */
export async function openSecret(keyPath: string, owner: string, { iv, tag, sealed }: SealedSecret): Promise<string> {
  const key = await readIfThere(keyPath);
  if (key === null) throw new Error(`the key ${keyPath} is missing: give the secret anew`);
  const cipher = createDecipheriv('aes-256-gcm', Buffer.from(key, 'base64'), Buffer.from(iv, 'base64'));
  cipher.setAuthTag(Buffer.from(tag, 'base64'));
  cipher.setAAD(Buffer.from(owner));
  try {
    return Buffer.concat([cipher.update(Buffer.from(sealed, 'base64')), cipher.final()]).toString();
  } catch (cause) {
    throw new Error(`a secret does not fit the key ${keyPath}: give it anew`, { cause });
  }
}
