import { hash } from 'node:crypto';
import { join } from '../crypto/hashes.ts';
import { SpnegoError } from '../spnego-error.ts';

const magic = {
  client: Buffer.from('CredSSP Client-To-Server Binding Hash\0', 'latin1'),
  server: Buffer.from('CredSSP Server-To-Client Binding Hash\0', 'latin1'),
};

/** What one side encrypts into pubKeyAuth to show that both see the same TLS server (MS-CSSP §3.1.5). */
export function publicKeyProof(
  side: 'client' | 'server',
  version: number,
  publicKey: Uint8Array,
  nonce: Uint8Array | null,
): Uint8Array {
  if (version >= 5) {
    if (nonce?.length !== 32) throw new SpnegoError('spnego.credssp', 'the client’s nonce is missing');
    return new Uint8Array(hash('sha256', join(magic[side], nonce, publicKey), 'buffer'));
  }
  const copy = publicKey.slice();
  if (side === 'server') copy[0] = (copy[0]! + 1) & 255;
  return copy;
}
