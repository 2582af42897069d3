import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  cryptoProvider,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

cryptoProvider.set(webcrypto as unknown as Crypto);
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

export type KeyAndCertificate = { readonly key: string; readonly cert: string };

/** A certificate authority that lives as long as a test: PEM texts of itself, a server for 127.0.0.1 and one client. */
export async function throwawayAuthority(): Promise<{
  readonly ca: string;
  readonly server: KeyAndCertificate;
  readonly client: KeyAndCertificate;
}> {
  const keys = await newKeys();
  const validity = { notBefore: new Date(Date.now() - 600_000), notAfter: new Date(Date.now() + 3_600_000) };
  const ca = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=Throw-away authority',
    serialNumber: '01',
    keys,
    signingAlgorithm: algorithm,
    ...validity,
    extensions: [new BasicConstraintsExtension(true, 0, true)],
  });
  const issue = async (name: string, serialNumber: string, address?: string): Promise<KeyAndCertificate> => {
    const own = await newKeys();
    const certificate = await X509CertificateGenerator.create({
      subject: `CN=${name}`,
      issuer: ca.subject,
      serialNumber,
      publicKey: own.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: algorithm,
      ...validity,
      extensions: address ? [new SubjectAlternativeNameExtension([{ type: 'ip', value: address }])] : [],
    });
    const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', own.privateKey as webcrypto.CryptoKey)).toString(
      'base64',
    );
    return {
      key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`,
      cert: certificate.toString('pem'),
    };
  };
  return {
    ca: ca.toString('pem'),
    server: await issue('web server', '02', '127.0.0.1'),
    client: await issue('endpoint', '03'),
  };
}

async function newKeys(): Promise<CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as unknown as CryptoKeyPair;
}
