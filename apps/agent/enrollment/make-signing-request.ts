// make-signing-request.ts NAME: makes a signing request with the private key on standard input, or with a new one when there is none, and prints both
// as JSON. The name is only a hint for people: the server takes nothing but the public key.
import 'reflect-metadata';
import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const { subtle } = webcrypto;

async function keysOf(pem: string): Promise<webcrypto.CryptoKeyPair> {
  if (pem === '') return subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const pkcs8 = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
  const spki = createPublicKey(pem).export({ type: 'spki', format: 'der' });
  return {
    privateKey: await subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']),
    publicKey: await subtle.importKey('spki', spki, algorithm, true, ['verify']),
  };
}

const keys = await keysOf((await text(process.stdin)).trim());
const commonName = (process.argv[2] ?? '').replace(/[^\x20-\x7e]/g, '?').slice(0, 64);
const request = await Pkcs10CertificateRequestGenerator.create(
  { name: [{ CN: [commonName] }], keys: keys as CryptoKeyPair, signingAlgorithm: algorithm },
  webcrypto as Crypto,
);
const base64 = Buffer.from(await subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
const privateKey = `-----BEGIN PRIVATE KEY-----\n${base64.replace(/.{64}(?=.)/g, '$&\n')}\n-----END PRIVATE KEY-----\n`;
process.stdout.write(JSON.stringify({ privateKey, csr: request.toString('pem') }));
