import { hash, X509Certificate } from 'node:crypto';
import { type DerReader, tag } from '@atelier/asn1';
import { join } from './crypto/hashes.ts';
import { readToken } from './read-token.ts';
import { SpnegoError } from './spnego-error.ts';

/** The hash names of signature algorithms whose hash is not MD5 or SHA-1, by object identifier. */
const signatureHashes: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
};

function inCertificate<T>(certificate: Uint8Array, read: (fields: DerReader) => T): T {
  return readToken(certificate, 'a certificate', (reader) => reader.sequence(read));
}

/**
 * The channel binding `tls-server-end-point` (RFC 5929 §4) of the server's certificate in DER: what both sides of a logon
 * over TLS put into `channelBinding`.
 */
export function tlsServerEndPoint(certificate: Uint8Array): Uint8Array {
  const algorithm = inCertificate(certificate, (fields) => {
    fields.element();
    const id = fields.sequence((inside) => {
      const value = inside.objectIdentifier();
      inside.skipRest();
      return value;
    });
    fields.skipRest();
    return id;
  });
  const digest = hash(signatureHashes[algorithm] ?? 'sha256', certificate, 'buffer');
  return join(Buffer.from('tls-server-end-point:', 'latin1'), digest);
}

/** The SubjectPublicKey bits of a certificate in DER: what CredSSP binds to (MS-CSSP §3.1.5). */
export function subjectPublicKey(certificate: Uint8Array): Uint8Array {
  let info: Uint8Array;
  try {
    info = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' });
  } catch (cause) {
    throw new SpnegoError('spnego.malformed', 'a certificate cannot be read', { cause });
  }
  return readToken(info, 'a public key', (reader) =>
    reader.sequence((fields) => {
      fields.inside(tag.sequence);
      return fields.bitString().bytes.slice();
    }),
  );
}
