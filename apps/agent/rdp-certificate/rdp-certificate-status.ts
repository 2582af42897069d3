import { X509Certificate } from 'node:crypto';
import { isInPlace } from './place-files.ts';
import { readRdpCertificate } from './rdp-certificate-file.ts';
import { namesIn } from './refresh-certificate.ts';

/** How the certificate of this machine's RDP server stands. */
export interface RdpCertificateStatus {
  readonly certificatePath: string;
  readonly names: readonly string[];
  readonly until: Date;
  /** SHA-256, lower-case hexadecimal. */
  readonly fingerprint: string;
  /** Whether the RDP server reads this one, or what somebody put in its place. */
  readonly inPlace: boolean;
}

/** Null when the agent does not look after it. */
export async function rdpCertificateStatus(stateFolder: string): Promise<RdpCertificateStatus | null> {
  const kept = await readRdpCertificate(stateFolder);
  if (!kept) return null;
  const { certificate, certificatePath } = kept;
  const { validToDate: until, fingerprint256 } = new X509Certificate(certificate);
  const fingerprint = fingerprint256.replaceAll(':', '').toLowerCase();
  return { certificatePath, names: namesIn(certificate), until, fingerprint, inPlace: await isInPlace(kept) };
}
