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

/** Whom a certificate stands for, and for which resources. */
export interface MappedUser {
  readonly name: string;
  readonly resources: (resourceUri: string) => boolean;
}

/** A mapping's URI: exact, or with `*` for any end. */
const covers = (pattern: string, uri: string): boolean =>
  pattern.endsWith('*') ? uri.startsWith(pattern.slice(0, -1)) : uri === pattern;

/**
 * The user of the first enabled mapping that fits; a subject of `*@example.org` fits every name that ends so. The logon is good for the URIs of all
 * mappings to that user that fit.
 */
export function mappedUser(
  mappings: readonly CertificateMapping[],
  names: readonly string[],
  authorities: readonly string[],
): MappedUser | null {
  const fits = (pattern: string) =>
    names.some((name) => {
      const [wanted, given] = [pattern.toLowerCase(), name.toLowerCase()];
      return wanted === '*' || wanted === given || (wanted.startsWith('*') && given.endsWith(wanted.slice(1)));
    });
  const fitting = mappings.filter((one) => one.enabled && authorities.includes(one.issuer) && fits(one.subject));
  const name = fitting[0]?.userName;
  if (name === undefined) return null;
  const patterns = fitting.filter((one) => one.userName === name).map((one) => one.uri.toLowerCase());
  return { name, resources: (uri) => patterns.some((one) => covers(one, uri.toLowerCase())) };
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
      const mapped = mappedUser(settings.current.certificateMappings, names, issuers(shown));
      const user = mapped && (await accounts.find(mapped.name, ''));
      return user ? { kind: 'user', user, resources: mapped.resources } : { kind: 'refused', name: names[0] ?? '' };
    },
  };
}
