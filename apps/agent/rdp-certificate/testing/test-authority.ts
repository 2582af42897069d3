import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { AskForCertificate } from '../certificate-link.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const crypto = webcrypto as Crypto;
const days = 86_400_000;

/** A server that certifies RDP servers, as far as agents see it. */
export interface TestAuthority {
  readonly ask: AskForCertificate;
  /** The names that it has for the host; to be changed. */
  names: readonly string[];
  /** How many certificates it made. */
  issued: number;
}

/** Makes an authority in memory. */
export async function testAuthority(...names: readonly string[]): Promise<TestAuthority> {
  const keys = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
  const root: X509Certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: '01',
      name: 'CN=test',
      notAfter: new Date(Date.now() + 400 * days),
      keys,
      signingAlgorithm: algorithm,
    },
    crypto,
  );
  const authority: TestAuthority = {
    names,
    issued: 0,
    ask: async (csr) => {
      if (csr === null) return { names: authority.names, certificate: null, ca: root.toString('pem') };
      authority.issued += 1;
      const all = authority.names.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value }));
      const made = await X509CertificateGenerator.create(
        {
          serialNumber: `0${authority.issued + 1}`,
          subject: 'CN=desktop',
          issuer: root.subject,
          notBefore: new Date(),
          notAfter: new Date(Date.now() + 90 * days),
          publicKey: new Pkcs10CertificateRequest(csr).publicKey,
          signingKey: keys.privateKey,
          signingAlgorithm: algorithm,
          extensions: [new SubjectAlternativeNameExtension(all)],
        },
        crypto,
      );
      return { names: authority.names, certificate: made.toString('pem'), ca: root.toString('pem') };
    },
  };
  return authority;
}
