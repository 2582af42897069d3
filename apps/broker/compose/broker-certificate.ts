import { hash, webcrypto, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { BrokerCertificate } from '../sign-in/tls-identity.ts';
import type { BrokerServices } from './broker-services.ts';
import { tellBrokerNames } from './tell-broker-names.ts';

const renewWhenLeftMs = 30 * 24 * 60 * 60 * 1000;

const good = ({ cert }: BrokerCertificate, names: readonly string[]): boolean => {
  const certificate = new X509Certificate(cert);
  const left = certificate.validToDate.getTime() - Date.now();
  const holds = (name: string) => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined;
  return left > renewWhenLeftMs && names.every(holds);
};

/**
 * The broker's certificate by the server's own authority. It lies sealed in the database, so that brokers with the same names show the same one, also
 * after a restart: clients remember what they saw. Made anew in its last 30 days. Its names are told to the database: session hosts are certified for them,
 * too.
 */
export async function brokerCertificate(
  { secrets, authority, database }: Pick<BrokerServices, 'secrets' | 'authority' | 'database'>,
  names: readonly string[],
): Promise<BrokerCertificate> {
  const sorted = names.toSorted();
  await tellBrokerNames(database, sorted);
  const key = `broker/certificate/${hash('sha256', sorted.join(' ')).slice(0, 16)}`;
  const kept = await secrets.get(key);
  if (kept) {
    const certificate = JSON.parse(Buffer.from(kept).toString()) as BrokerCertificate;
    if (good(certificate, sorted)) return certificate;
  }
  const pair = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', pair.privateKey));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  const made = {
    key: `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`,
    cert: await authority.signServer(
      pair.publicKey as CryptoKey,
      sorted.filter((name) => !isIP(name)),
      sorted.filter((name) => isIP(name)),
    ),
  };
  await secrets.set(key, Buffer.from(JSON.stringify(made)));
  return made;
}
