import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { PasswordKeys } from './token.ts';

/** Under which name the key lies sealed in the database: brokers make passwords by it, hosts learn its public half. */
const keptAs = 'broker/single-use-password-key';

/** A new key, as it is kept (PKCS #8, DER). */
export const newPasswordKey = (): Uint8Array =>
  generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });

/** The keys of what is kept. */
export function passwordKeys(kept: Uint8Array): PasswordKeys {
  const privateKey = createPrivateKey({ key: Buffer.from(kept), format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

/** The keys of all servers and brokers over one database; made when somebody needs them first. */
export const passwordKeysIn = async (secrets: {
  getOrCreate(key: string, make: () => Uint8Array): Promise<Uint8Array>;
}): Promise<PasswordKeys> => passwordKeys(await secrets.getOrCreate(keptAs, newPasswordKey));

/** The public key as it is told to hosts: base64 of its DER. */
export const writePublicKey = (key: KeyObject): string =>
  key.export({ format: 'der', type: 'spki' }).toString('base64');

/** @throws Error for anything but an Ed25519 key */
export function readPublicKey(text: string): KeyObject {
  const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('the key for single-use passwords is of another kind');
  return key;
}
