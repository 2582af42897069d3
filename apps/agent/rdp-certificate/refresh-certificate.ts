import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { lastThird } from '../enrollment/renew-certificate.ts';
import { newSigningRequest } from '../enrollment/signing-request.ts';
import type { AskForCertificate } from './certificate-link.ts';
import { isInPlace, placeFiles } from './place-files.ts';
import {
  type RdpCertificate,
  type RdpCertificatePlace,
  readRdpCertificate,
  writeRdpCertificate,
} from './rdp-certificate-file.ts';

/** What refreshing found or did. */
export interface Refreshed {
  readonly state: 'not-kept' | 'good' | 'renewed' | 'placed' | 'foreign';
  readonly names: readonly string[];
  /** Backups of what was replaced, made now. */
  readonly kept: readonly string[];
}

/** The names of a certificate that clients compare. */
export function namesIn(certificate: string): readonly string[] {
  const all = new X509Certificate(certificate).subjectAltName?.split(', ') ?? [];
  return all.flatMap((one) => /^(?:DNS|IP Address):(.*)$/.exec(one)?.[1] ?? []);
}

/** Which of the names a certificate lacks. */
export function lacking(certificate: string, names: readonly string[]): readonly string[] {
  const x509 = new X509Certificate(certificate);
  const held = new Set(namesIn(certificate));
  return names.filter((name) => (isIP(name) ? x509.checkIP(name) === undefined : !held.has(name)));
}

const fingerprintOf = (certificate: string): string =>
  new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase();

/** Has the server certify the key, or a new one when there is none yet; checks what it sent. */
async function certify(ask: AskForCertificate, privateKey: string | undefined, signal: AbortSignal) {
  const made = await newSigningRequest('rdp', privateKey);
  const { certificate, ca, names } = await ask(made.csr, signal);
  if (certificate === null) throw new Error('the server sent no certificate');
  const parsed = new X509Certificate(certificate);
  const authority = new X509Certificate(ca);
  if (!parsed.checkIssued(authority) || !parsed.verify(authority.publicKey))
    throw new Error('the server sent a certificate that is not by its authority');
  return { certificate, privateKey: made.privateKey, names };
}

/** Notes first what shall be there, then puts it there: whoever is killed in between goes on with it. */
async function put(stateFolder: string, value: RdpCertificate): Promise<readonly string[]> {
  await writeRdpCertificate(stateFolder, { ...value, placed: false });
  const kept = await placeFiles(value);
  await writeRdpCertificate(stateFolder, { ...value, placed: true });
  return kept;
}

/** Begins to look after the certificate of this machine's RDP server: with a new one, in that place. */
export async function installRdpCertificate(
  stateFolder: string,
  place: RdpCertificatePlace,
  ask: AskForCertificate,
  signal: AbortSignal,
): Promise<Refreshed> {
  const before = await readRdpCertificate(stateFolder);
  const { certificate, privateKey, names } = await certify(ask, before?.privateKey, signal);
  const { certificatePath, keyPath, group } = place;
  const value = { format: 1, certificatePath, keyPath, group, certificate, privateKey, placed: false } as const;
  const kept = await put(stateFolder, value);
  await ask(null, signal, fingerprintOf(certificate));
  return { state: 'renewed', names, kept };
}

/**
 * Has a new certificate made when the last third of the old one's life has begun, or when the server has other names for it by now; the key stays. One that
 * somebody put in place of ours is theirs, and left alone.
 */
export async function refreshRdpCertificate(
  stateFolder: string,
  ask: AskForCertificate,
  signal: AbortSignal,
  now: number,
): Promise<Refreshed> {
  const kept = await readRdpCertificate(stateFolder);
  if (!kept) return { state: 'not-kept', names: [], kept: [] };
  const names = namesIn(kept.certificate);
  if (!kept.placed) {
    const backups = await put(stateFolder, kept);
    await ask(null, signal, fingerprintOf(kept.certificate));
    return { state: 'placed', names, kept: backups };
  }
  if (!(await isInPlace(kept))) {
    await ask(null, signal, null);
    return { state: 'foreign', names, kept: [] };
  }
  const asked = await ask(null, signal, fingerprintOf(kept.certificate));
  const due = lastThird(kept, now) || lacking(kept.certificate, asked.names).length > 0;
  if (!due) return { state: 'good', names, kept: [] };
  const renewed = await certify(ask, kept.privateKey, signal);
  const backups = await put(stateFolder, { ...kept, certificate: renewed.certificate });
  await ask(null, signal, fingerprintOf(renewed.certificate));
  return { state: 'renewed', names: renewed.names, kept: backups };
}
