import { join } from '../crypto/hashes.ts';
import type { SecurityContext } from '../security-context.ts';
import { SpnegoError } from '../spnego-error.ts';
import { decodeEncryptedBody } from './decode-encrypted-body.ts';
import { encodeEncryptedBody } from './encode-encrypted-body.ts';
import type { EncryptionProtocol, HttpBody } from './encrypted-body.ts';

/**
 * Encrypts an HTTP body for the peer of `context`. The server names the `protocol` that the client's request had; without,
 * it is `Kerberos` or `SPNEGO` by the mechanism. CredSSP is not sealed by the context but by its TLS: `encodeEncryptedBody`.
 */
export function sealBody(context: SecurityContext, plain: HttpBody, protocol?: EncryptionProtocol): HttpBody {
  const { header, data } = context.seal(plain.body);
  const used = protocol ?? (context.mechanism === 'kerberos' ? 'Kerberos' : 'SPNEGO');
  return encodeEncryptedBody(used, [{ contentType: plain.contentType, length: plain.body.length, header, data }]);
}

/**
 * Decrypts an HTTP body from the peer of `context`. Anything wrong (form, lengths, signature, order) throws
 * `spnego.http-encryption` or `spnego.sealed-message`, and the connection should end.
 */
export function openBody(
  context: SecurityContext,
  sealed: HttpBody,
): HttpBody & { readonly protocol: EncryptionProtocol } {
  const { protocol, parts } = decodeEncryptedBody(sealed);
  if (protocol === 'CredSSP') throw new SpnegoError('spnego.http-encryption', 'an encrypted body is for credssp');
  const plains = parts.map((part) => {
    const plain = context.open(part);
    if (plain.length === part.length) return plain;
    context.close();
    throw new SpnegoError('spnego.http-encryption', `an encrypted body has ${plain.length} bytes, not ${part.length}`);
  });
  return { contentType: parts[0]!.contentType, body: plains.length === 1 ? plains[0]! : join(...plains), protocol };
}
