import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { fault, ns } from '@atelier/wsman';
import { reachable } from '../access/reachable.ts';
import type { Accounts } from '../accounts.ts';
import type { TlsIdentity } from '../http/http-edge.ts';
import type { ConfigPart } from './config-xml.ts';
import type { CertificateMapping, ListenerEntry, ServiceSettings } from './listener-entry.ts';
import type { ConfigTable } from './table-provider.ts';
import { thumbprintOf } from './thumbprint.ts';

const invalid = (reason: string) => fault('invalidXmlValues', { reason });
const text = (values: ConfigPart, name: string): string => String(values[name]);

/** `winrm/config/listener`: where the service listens, by address and transport. `tls` is the certificate that it has now. */
export const listenerTable = (tls: () => TlsIdentity | null): ConfigTable<ListenerEntry> => ({
  uri: `${ns.config}/Listener`,
  name: 'Listener',
  keys: ['Address', 'Transport'],
  rows: (settings) => settings.listeners,
  replace: (settings, listeners) => ({ ...settings, listeners }),
  write: (row) => ({
    Address: row.address,
    Transport: row.transport,
    Port: row.port,
    Hostname: row.hostname,
    Enabled: row.enabled,
    URLPrefix: row.urlPrefix,
    CertificateThumbprint: row.transport === 'HTTPS' ? thumbprintOf(tls()) : '',
  }),
  shown: (row, settings) => ({ ListeningOn: row.enabled ? listeningOn(row, settings) : '' }),
  read: (values) => {
    const transport = text(values, 'Transport').toUpperCase();
    if (transport !== 'HTTP' && transport !== 'HTTPS') throw invalid('the transport is neither HTTP nor HTTPS');
    const address = text(values, 'Address').replace(/^IP:/i, '');
    if (address !== '*' && isIP(address) === 0) throw invalid('the address is neither * nor an IP address');
    const urlPrefix = text(values, 'URLPrefix');
    if (!/^[\w.~/-]{1,200}$/.test(urlPrefix)) throw invalid('the URL prefix is no path');
    const port = Number(values.Port) || (transport === 'HTTP' ? 5985 : 5986);
    if (port > 65_535) throw invalid('the port is above 65535');
    const hostname = text(values, 'Hostname');
    if (transport === 'HTTPS') checkCertificate(tls(), hostname, text(values, 'CertificateThumbprint'));
    return {
      address,
      transport,
      port,
      hostname,
      enabled: values.Enabled === true,
      urlPrefix,
      certificateThumbprint: '',
    };
  },
  initial: {
    Address: '*',
    Transport: 'HTTPS',
    Port: 0,
    Hostname: '',
    Enabled: true,
    URLPrefix: 'wsman',
    CertificateThumbprint: '',
  },
});

/** There is one certificate, that of the service: a listener may name it, and no other one. */
function checkCertificate(tls: TlsIdentity | null, hostname: string, thumbprint: string): void {
  if (!tls) throw invalid('the service has no certificate to listen with');
  const named = thumbprint.replaceAll(/[\s:]/g, '').toUpperCase();
  if (named !== '' && named !== thumbprintOf(tls))
    throw invalid(`the service has no certificate ${named}: it has ${thumbprintOf(tls)}`);
  const certificate = new X509Certificate(tls.cert);
  if (hostname !== '' && !(isIP(hostname) ? certificate.checkIP(hostname) : certificate.checkHost(hostname)))
    throw invalid(`the certificate of the service is not for "${hostname}"`);
}

function listeningOn({ address }: ListenerEntry, settings: ServiceSettings): string {
  const own =
    address === '*'
      ? Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map((one) => one.address))
      : [address];
  return own.filter(reachable(settings.config.Service)).join(', ');
}

/** `winrm/config/service/certmapping`: which client certificates stand for which users. */
export const mappingTable = (accounts: Accounts): ConfigTable<CertificateMapping> => ({
  uri: `${ns.config}/Service/certmapping`,
  name: 'CertMapping',
  keys: ['Issuer', 'Subject', 'URI'],
  rows: (settings) => settings.certificateMappings,
  replace: (settings, certificateMappings) => ({ ...settings, certificateMappings }),
  write: (row) => ({
    URI: row.uri,
    Subject: row.subject,
    Issuer: row.issuer,
    UserName: row.userName,
    Enabled: row.enabled,
  }),
  read: (values) => {
    const issuer = text(values, 'Issuer').replaceAll(/[\s:]/g, '').toUpperCase();
    if (!/^[0-9A-F]{40}$/.test(issuer)) throw invalid('the issuer is no SHA-1 thumbprint of 40 digits');
    if (text(values, 'UserName') === '') throw invalid('the user name is missing');
    if (!/^[^*]+\*?$|^\*$/.test(text(values, 'URI'))) throw invalid('the URI has a "*" elsewhere than at its end');
    return {
      issuer,
      subject: text(values, 'Subject'),
      uri: text(values, 'URI'),
      enabled: values.Enabled === true,
      userName: text(values, 'UserName'),
    };
  },
  initial: { URI: '*', Subject: '*', Issuer: '', UserName: '', Enabled: true },
  secrets: ['Password'],
  // Windows keeps the password to log on with; here it proves once that the account is there, and is forgotten.
  check: async ({ userName }, { Password }, signal) => {
    const user = Password
      ? await accounts.checkPassword(userName, Password, signal)
      : await accounts.find(userName, '');
    if (!user)
      throw invalid(
        Password ? 'user name and password do not belong together' : `there is no account "${userName}" to map to`,
      );
  },
});
