import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { writeDurably } from '@atelier/adapters/durable-file';
import { ownHostName, type ServerConfig } from '../config.ts';
import type { Authority } from '../services.ts';
import { days, newKeyPair, privateKeyPem } from './x509.ts';

/** What TLS needs, PEM. */
export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
}

/** Every name and address that the certificate must hold. */
function wanted(config: Pick<ServerConfig, 'names' | 'publicUrl' | 'host'>) {
  const all = new Set([ownHostName(), 'localhost', '127.0.0.1', '::1', ...config.names]);
  if (config.publicUrl) all.add(new URL(config.publicUrl).hostname.replace(/^\[|\]$/g, ''));
  if (config.host !== '0.0.0.0' && config.host !== '::') all.add(config.host);
  const list = [...all].filter((name) => name !== '').map((name) => name.toLowerCase());
  return { names: list.filter((name) => !isIP(name)), addresses: list.filter((name) => isIP(name)) };
}

function stillGood(pem: string, ca: string, want: ReturnType<typeof wanted>): boolean {
  try {
    const certificate = new X509Certificate(pem);
    return (
      certificate.verify(new X509Certificate(ca).publicKey) &&
      Date.parse(certificate.validTo) - Date.now() > days(30) &&
      Date.parse(certificate.validFrom) <= Date.now() &&
      want.names.every((name) => certificate.checkHost(name) !== undefined) &&
      want.addresses.every((address) => certificate.checkIP(address) !== undefined)
    );
  } catch {
    return false;
  }
}

/**
 * The server's certificate: the configured files, or one by the own authority, made anew when it lacks a name or has
 * less than 30 of its 90 days left. Call it again at times and swap what it gives.
 */
export async function serverCertificate(
  config: ServerConfig,
  folder: string,
  authority: Authority,
): Promise<ServerCertificate> {
  if (config.tlsCertificate && config.tlsKey)
    return { key: await readFile(config.tlsKey, 'utf8'), cert: await readFile(config.tlsCertificate, 'utf8') };
  const path = join(folder, 'server.pem');
  const want = wanted(config);
  const kept = await readFile(path, 'utf8').catch(() => '');
  const split = kept.indexOf('-----BEGIN CERTIFICATE-----');
  if (split > 0 && stillGood(kept.slice(split), authority.ca, want))
    return { key: kept.slice(0, split), cert: kept.slice(split) };
  const pair = await newKeyPair();
  const key = await privateKeyPem(pair.privateKey);
  const cert = await authority.signServer(pair.publicKey, want.names, want.addresses);
  await writeDurably(path, key + cert);
  return { key, cert };
}
