import { networkInterfaces } from 'node:os';
import { fault, ns } from '@atelier/wsman';
import type { ConfigPart } from './config-xml.ts';
import type { CertificateMapping, ListenerEntry } from './listener-entry.ts';
import type { ConfigTable } from './table-provider.ts';

const invalid = (reason: string) => fault('invalidXmlValues', { reason });
const text = (values: ConfigPart, name: string): string => String(values[name]);

/** `winrm/config/listener`: where the service listens, by address and transport. */
export const listenerTable: ConfigTable<ListenerEntry> = {
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
    CertificateThumbprint: row.certificateThumbprint,
  }),
  shown: (row) => ({ ListeningOn: row.enabled ? listeningOn(row) : '' }),
  read: (values) => {
    const transport = text(values, 'Transport').toUpperCase();
    if (transport !== 'HTTP' && transport !== 'HTTPS') throw invalid('the transport is neither HTTP nor HTTPS');
    const urlPrefix = text(values, 'URLPrefix');
    if (!/^[\w.~/-]{1,200}$/.test(urlPrefix)) throw invalid('the URL prefix is no path');
    const port = Number(values.Port) || (transport === 'HTTP' ? 5985 : 5986);
    if (port > 65_535) throw invalid('the port is above 65535');
    return {
      address: text(values, 'Address').replace(/^IP:/i, ''),
      transport,
      port,
      hostname: text(values, 'Hostname'),
      enabled: values.Enabled === true,
      urlPrefix,
      certificateThumbprint: text(values, 'CertificateThumbprint'),
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
};

function listeningOn(row: ListenerEntry): string {
  if (row.address !== '*') return row.address;
  return Object.values(networkInterfaces())
    .flatMap((all) => (all ?? []).map((one) => one.address))
    .join(', ');
}

/** `winrm/config/service/certmapping`: which client certificates stand for which users. */
export const mappingTable: ConfigTable<CertificateMapping> = {
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
    return {
      issuer,
      subject: text(values, 'Subject'),
      uri: text(values, 'URI'),
      enabled: values.Enabled === true,
      userName: text(values, 'UserName'),
    };
  },
  initial: { URI: '*', Subject: '*', Issuer: '', UserName: '', Enabled: true },
};
