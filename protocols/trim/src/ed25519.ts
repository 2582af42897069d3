import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { TrimError } from './trim-error.ts';

/** An Ed25519 public key: `key` is the 32 raw bytes in base64url, `id` the sha256 of these 32 bytes in hex. */
export type PublicKey = { readonly id: string; readonly key: string };

/** Whoever can sign: a key in memory, a file, a PKCS#11 token, a remote service. */
export type Signer = {
  readonly publicKey: PublicKey;
  /** The 64 bytes of the Ed25519 signature over `message`. */
  readonly sign: (message: Uint8Array) => Uint8Array | Promise<Uint8Array>;
};

/** The public key with its id, from 32 raw bytes in base64url; throws `trim.format`. */
export function publicKey(key: string): PublicKey {
  const raw = Buffer.from(key, 'base64url');
  if (raw.length !== 32 || raw.toString('base64url') !== key)
    throw new TrimError('trim.format', 'an Ed25519 public key is not 32 bytes in base64url');
  return { id: hash('sha256', raw, 'hex'), key };
}

/** A signer over an Ed25519 private key held in memory. */
export function ed25519Signer(privateKey: KeyObject): Signer {
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new TrimError('trim.format', 'the signing key is not Ed25519');
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  return { publicKey: publicKey(x as string), sign: (message) => sign(null, message, privateKey) };
}

/** A new signer with its private key as PKCS#8 PEM, for the caller to keep in a file of mode 0600. */
export function generateSigner(): { readonly signer: Signer; readonly privateKeyPem: string } {
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    signer: ed25519Signer(privateKey),
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

/** The signer of a private key in PKCS#8 PEM. */
export function signerFromPem(privateKeyPem: string): Signer {
  return ed25519Signer(createPrivateKey(privateKeyPem));
}

/** Whether `signature` is the key's signature over `message`. Never throws for bad signatures. */
export function verifySignature(key: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: key.key };
  return verify(null, message, createPublicKey({ key: jwk, format: 'jwk' }), signature);
}
