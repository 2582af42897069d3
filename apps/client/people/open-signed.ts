import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { AtelierError } from '@atelier/domain/errors';
import type { SignedDocument } from '@atelier/domain/workspaces';

/** A key of the server that was pinned at enrolment: PEM (SPKI), or its 32 raw bytes in base64url. */
export interface PolicyKey {
  readonly keyId: string;
  readonly publicKey: string;
}

/** The bytes of a document whose signature fits one of the pinned keys. Throws `client.grant-refused`. */
export function openSigned(signed: SignedDocument, keys: readonly PolicyKey[]): Buffer {
  const key = keys.find((one) => one.keyId === signed.keyId);
  const bytes = Buffer.from(signed.payload, 'base64');
  if (!key || !verify(null, bytes, policyKey(key.publicKey), Buffer.from(signed.signature, 'base64')))
    throw new AtelierError('client.grant-refused', 'its signature does not fit a pinned key');
  return bytes;
}

/** An Ed25519 public key. */
function policyKey(text: string): KeyObject {
  if (text.startsWith('-----BEGIN')) return createPublicKey(text);
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: text.replace(/=+$/, '') }, format: 'jwk' });
}
