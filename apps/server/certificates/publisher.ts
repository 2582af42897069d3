import { createPrivateKey, createSign, webcrypto, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '@atelier/adapters/durable-file';
import type { Authority } from '../services.ts';
import { days, privateKeyPem } from './x509.ts';

/** Who signs what people open: connection files. As `Signer` of the signature's room. */
export interface Publisher {
  /** DER: the publisher's certificate, then the authority's. */
  readonly certificates: readonly Uint8Array[];
  /** RSASSA-PKCS1-v1_5 with SHA-256. */
  readonly sign: (bytes: Uint8Array) => Uint8Array;
}

type Signing = Pick<Authority, 'ca' | 'signPublisher'>;

const renewWhenLeft = days(30);

function stillGood(pem: string, ca: string): boolean {
  try {
    const certificate = new X509Certificate(pem);
    return (
      certificate.verify(new X509Certificate(ca).publicKey) &&
      Date.parse(certificate.validTo) - Date.now() > renewWhenLeft
    );
  } catch {
    return false;
  }
}

/** Key and certificate from `publisher.pem`; made anew when it is missing, cut off, by another authority, or in its last 30 days. */
async function readOrMake(
  folder: string,
  authority: Signing,
): Promise<{ readonly key: string; readonly cert: string }> {
  const path = join(folder, 'publisher.pem');
  const kept = await readFile(path, 'utf8').catch(() => '');
  const split = kept.indexOf('-----BEGIN CERTIFICATE-----');
  if (split > 0 && stillGood(kept.slice(split), authority.ca))
    return { key: kept.slice(0, split), cert: kept.slice(split) };
  // RSA: it is the one signature that every client of `.rdp` files verifies.
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 3072,
    publicExponent: Uint8Array.of(1, 0, 1),
    hash: 'SHA-256',
  };
  const pair = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const key = await privateKeyPem(pair.privateKey);
  const cert = await authority.signPublisher(pair.publicKey);
  await writeDurably(path, key + cert);
  return { key, cert };
}

/**
 * Gives the publisher whose key lies in `folder`. It is made at the first need, since that takes a second of computing, and looked at again each day.
 */
export function publisherIn(folder: string, authority: Signing): () => Promise<Publisher> {
  let current: { readonly at: number; readonly publisher: Promise<Publisher> } | null = null;
  const open = async (): Promise<Publisher> => {
    const { key, cert } = await readOrMake(folder, authority);
    const privateKey = createPrivateKey(key);
    return {
      certificates: [new X509Certificate(cert).raw, new X509Certificate(authority.ca).raw],
      sign: (bytes) => createSign('sha256').update(bytes).sign(privateKey),
    };
  };
  return () => {
    if (current && Date.now() - current.at < days(1)) return current.publisher;
    const attempt = { at: Date.now(), publisher: open() };
    current = attempt;
    attempt.publisher.catch(() => {
      if (current === attempt) current = null;
    });
    return attempt.publisher;
  };
}
