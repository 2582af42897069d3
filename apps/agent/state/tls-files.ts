import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readIfThere, writeDurably } from '@atelier/adapters/durable-file';
import type { TlsIdentity } from '@atelier/adapters/wsman-listener';

const renewMs = 30 * 86_400_000;

/** Whether a certificate is still good for a while. */
function lasts(cert: string): boolean {
  return new X509Certificate(cert).validToDate.getTime() > Date.now() + renewMs;
}

function names(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).filter((one) => !one.internal && !one.address.startsWith('fe80')),
  );
  return [hostname(), 'localhost', '127.0.0.1', ...addresses.map((one) => one.address).slice(0, 8)];
}

/**
 * The service's certificate: `tls.crt` and `tls.key` in the state folder. Where there is none, one is made that nobody vouches for, and again before it
 * runs out; one that somebody put there is never replaced.
 */
export async function tlsIdentity(folder: string): Promise<TlsIdentity> {
  const [crt, key, own] = ['tls.crt', 'tls.key', 'tls.self-signed'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const [cert, secret, ours] = [await readIfThere(crt), await readIfThere(key), await readIfThere(own)];
  if (cert && secret && (ours === null || lasts(cert))) return { cert, key: secret };
  const program = join(import.meta.dirname, 'make-certificate.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...names()], { timeout: 60_000 });
  const made = JSON.parse(stdout) as TlsIdentity;
  await writeDurably(own, 'made by the agent; put your own tls.crt and tls.key here and remove this file\n');
  await writeDurably(key, made.key);
  await writeDurably(crt, made.cert);
  return made;
}
