import { X509Certificate } from 'node:crypto';
import type { TlsIdentity } from '../http/http-edge.ts';

/** SHA-1 of a certificate, as Windows names them: 40 digits, upper case. Empty without one. */
export const thumbprintOf = (tls: TlsIdentity | null): string =>
  tls ? new X509Certificate(tls.cert).fingerprint.replaceAll(':', '') : '';
