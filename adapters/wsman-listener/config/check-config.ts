import { fault } from '@atelier/wsman';
import { readAddressFilter } from '../access/address-filter.ts';
import { readSddl } from '../access/read-sddl.ts';
import type { ConfigPart } from './config-xml.ts';
import type { WinrmConfig } from './winrm-config.ts';

/** Settings that are shown and cannot be changed over the network, by their place in the tree: why not. Everything else in the tree is in force. */
export const fixedSettings: Readonly<Record<string, string>> = {
  MaxProviderRequests: 'providers have no limit of their own: MaxConcurrentOperations bounds them',
  Client: 'clients of this machine are told what they may do by whoever starts them',
  'Service/DefaultPorts': 'a port is a setting of its listener',
  'Service/CertificateThumbprint': 'it follows the certificate that the service has',
};

const refused = (name: string, why: string, cause?: unknown) =>
  fault('invalidXmlValues', { reason: `the setting ${name} ${why}` }, { cause });

const valueAt = (config: WinrmConfig, place: string): unknown =>
  place
    .split('/')
    .reduce<unknown>((part, name) => (part as ConfigPart | undefined)?.[name], config as unknown as ConfigPart);

function understood(name: string, read: () => unknown): void {
  try {
    read();
  } catch (error) {
    throw refused(name, `cannot be understood: ${(error as Error).message}`, error);
  }
}

/** Throws InvalidRepresentation when a change touches what is fixed, or sets what nobody could enforce. What the change leaves alone is not looked at. */
export function checkConfig(before: WinrmConfig, after: WinrmConfig): void {
  for (const [place, why] of Object.entries(fixedSettings))
    if (JSON.stringify(valueAt(before, place)) !== JSON.stringify(valueAt(after, place)))
      throw refused(place, `cannot be changed: ${why}`);
  const [was, is] = [before.Service, after.Service];
  if (was.RootSDDL !== is.RootSDDL) understood('RootSDDL', () => readSddl(is.RootSDDL));
  if (was.IPv4Filter !== is.IPv4Filter) understood('IPv4Filter', () => readAddressFilter(is.IPv4Filter, 4));
  if (was.IPv6Filter !== is.IPv6Filter) understood('IPv6Filter', () => readAddressFilter(is.IPv6Filter, 6));
  if (!/^(none|relaxed|strict)$/i.test(is.Auth.CbtHardeningLevel))
    throw refused('CbtHardeningLevel', 'is neither None, Relaxed nor Strict');
}
