import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { Accounts } from '../accounts.ts';
import type { CertificateMapping } from '../config/listener-entry.ts';
import type { SettingsStore } from '../config/settings-store.ts';
import type { Authenticator } from './authenticator.ts';

/** What the Authorization header says that a client shows its certificate. */
export const certificateScheme = 'http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual';

const thumbprint = (certificate: DetailedPeerCertificate): string => certificate.fingerprint.replaceAll(':', '');

/** Thumbprints of everybody above the certificate. */
function issuers(certificate: DetailedPeerCertificate): string[] {
  const found: string[] = [];
  let one = certificate;
  while (one.issuerCertificate && one.issuerCertificate !== one && found.length < 8) {
    one = one.issuerCertificate;
    found.push(thumbprint(one));
  }
  return found;
}

/** Names that a certificate may be mapped by: mail addresses, DNS names and UPNs of its alternative names, and its common name. */
export function namesOf(certificate: Pick<DetailedPeerCertificate, 'subject' | 'subjectaltname'>): string[] {
  const { subject, subjectaltname = '' } = certificate;
  const alternative = [...subjectaltname.matchAll(/(?:^|, )(?:email|DNS|othername: ?UPN::?):? ?"?([^",]+)"?/gi)].map(
    (one) => one[1]!,
  );
  const common = subject?.CN;
  return [...alternative, ...(typeof common === 'string' ? [common] : (common ?? []))];
}

/** The user of the first enabled mapping that fits; a subject of `*@example.org` fits every name that ends so. */
export function mappedUser(
  mappings: readonly CertificateMapping[],
  names: readonly string[],
  authorities: readonly string[],
): string | null {
  const fits = (pattern: string) =>
    names.some((name) => {
      const [wanted, given] = [pattern.toLowerCase(), name.toLowerCase()];
      return wanted === '*' || wanted === given || (wanted.startsWith('*') && given.endsWith(wanted.slice(1)));
    });
  return mappings.find((one) => one.enabled && authorities.includes(one.issuer) && fits(one.subject))?.userName ?? null;
}

/** Client certificates, over TLS: an authority that the service trusts has issued it, and a mapping names its user. */
export function certificate(accounts: Accounts, settings: SettingsStore): Authenticator {
  return {
    scheme: certificateScheme,
    challenge: (connection) =>
      settings.current.config.Service.Auth.Certificate && connection.secure ? certificateScheme : null,
    authenticate: async (connection) => {
      const socket = connection.socket as TLSSocket;
      const shown = socket.getPeerCertificate(true);
      if (!socket.authorized || !shown?.subject) return { kind: 'refused', name: '' };
      const names = namesOf(shown);
      const name = mappedUser(settings.current.certificateMappings, names, issuers(shown));
      const user = name === null ? null : await accounts.find(name, '');
      return user ? { kind: 'user', user } : { kind: 'refused', name: names[0] ?? '' };
    },
  };
}
