import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { subjectPublicKey } from '@atelier/spnego';

/** A certificate with its key, PEM. */
export interface BrokerCertificate {
  readonly key: string;
  readonly cert: string;
}

/** What the broker shows of itself in TLS; replaced as a whole when the certificate is renewed. */
export interface TlsIdentity {
  readonly context: SecureContext;
  /** What NLA binds to. */
  readonly publicKey: Uint8Array;
}

/** @throws Error when key and certificate do not fit */
export function tlsIdentity({ key, cert }: BrokerCertificate): TlsIdentity {
  const context = createSecureContext({
    key,
    cert,
    minVersion: 'TLSv1.2',
    // One name for all connections of this broker, so that sessions can be resumed.
    sessionIdContext: 'atelier-broker',
    honorCipherOrder: true,
  });
  return { context, publicKey: subjectPublicKey(new X509Certificate(cert).raw) };
}
