import { webcrypto } from 'node:crypto';
import { x509 } from './x509.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/**
 * A new key pair (ECDSA P-256) with its signing request (PKCS#10, RFC 2986), both PEM. The request's subject is only
 * a hint for people: the server takes nothing but the public key from it.
 */
export async function newSigningRequest(
  commonName: string,
): Promise<{ readonly privateKey: string; readonly csr: string }> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const { Pkcs10CertificateRequestGenerator } = await x509();
  const request = await Pkcs10CertificateRequestGenerator.create(
    {
      name: [{ CN: [commonName.replace(/[^\x20-\x7e]/g, '?').slice(0, 64)] }],
      keys: keys as CryptoKeyPair,
      signingAlgorithm: algorithm,
    },
    webcrypto as Crypto,
  );
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const privateKey = `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/(.{64})/g, '$1\n').trimEnd()}\n-----END PRIVATE KEY-----\n`;
  return { privateKey, csr: request.toString('pem') };
}
