import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { GatewayOptions } from './gateway-options.ts';

const clientAuth = '1.3.6.1.5.5.7.3.2';

/** Whether the peer of an established TLS connection is one of our servers: its certificate is by our authority, for a manager, for clients, and good now. */
export function provesManager(tls: TLSSocket, { ca, subject }: GatewayOptions): boolean {
  const certificate = tls.getPeerX509Certificate();
  if (!certificate) return false;
  const now = Date.now();
  return (
    certificate.verify(new X509Certificate(ca).publicKey) &&
    certificate.subject === subject &&
    (certificate.keyUsage ?? []).includes(clientAuth) &&
    certificate.validFromDate.getTime() <= now &&
    certificate.validToDate.getTime() > now
  );
}
