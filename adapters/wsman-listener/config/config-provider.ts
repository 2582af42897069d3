import type { OperationContext, ResourceProvider } from '@atelier/plugin-kit';
import { element, fault, ns, type XmlElement } from '@atelier/wsman';
import type { Audit } from '../audit.ts';
import { checkConfig } from './check-config.ts';
import { type ConfigPart, readConfig, writeConfig } from './config-xml.ts';
import { needAdministrator } from './need-administrator.ts';
import type { SettingsStore } from './settings-store.ts';
import type { WinrmConfig } from './winrm-config.ts';

/** Parts of the tree by the rest of their URI: where they lie. */
const places: Readonly<Record<string, readonly string[]>> = {
  '': [],
  '/client': ['Client'],
  '/client/auth': ['Client', 'Auth'],
  '/client/defaultports': ['Client', 'DefaultPorts'],
  '/service': ['Service'],
  '/service/auth': ['Service', 'Auth'],
  '/service/defaultports': ['Service', 'DefaultPorts'],
  '/winrs': ['Winrs'],
};

function placeOf(resourceUri: string): readonly string[] {
  const found = places[resourceUri.slice(ns.config.length).toLowerCase().replace(/\/$/, '')];
  if (!found) throw fault('resourceNotFound');
  return found;
}

const partAt = (config: WinrmConfig, place: readonly string[]): ConfigPart =>
  place.reduce((part, name) => part[name] as ConfigPart, config as unknown as ConfigPart);

function replaceAt(part: ConfigPart, place: readonly string[], value: ConfigPart): ConfigPart {
  const [first, ...rest] = place;
  return first === undefined ? value : { ...part, [first]: replaceAt(part[first] as ConfigPart, rest, value) };
}

/** What the provider of the tree works with. */
export interface ConfigParts {
  readonly settings: SettingsStore;
  readonly audit: Audit;
  /** Thumbprint of the certificate that the service has now; empty without one. */
  readonly thumbprint: () => string;
  /** What `Restore` goes back to. */
  readonly defaults: WinrmConfig;
}

/** `winrm/config` and its parts: Get, Put of as much as one wants to change, and `Restore`. A change is in force at once. */
export function configProvider({ settings, audit, thumbprint, defaults }: ConfigParts): ResourceProvider {
  const nameOf = (place: readonly string[]) => place.at(-1) ?? 'Config';
  const shown = (config: WinrmConfig): WinrmConfig => ({
    ...config,
    Service: { ...config.Service, CertificateThumbprint: thumbprint() },
  });
  const stored = (config: WinrmConfig): WinrmConfig => ({
    ...config,
    Service: { ...config.Service, CertificateThumbprint: '' },
  });
  const written = (place: readonly string[]) =>
    writeConfig(nameOf(place), partAt(shown(settings.current.config), place));
  const changed = ({ user, clientAddress }: OperationContext, resource: string) =>
    audit({ kind: 'config-changed', user: user.name, resource, address: clientAddress });
  return {
    name: 'configuration',
    resources: [{ uri: ns.config, exact: false, capabilities: ['get', 'put', 'invoke'], options: [] }],
    get: async (resource) => written(placeOf(resource.resourceUri)),
    put: async (resource, body: XmlElement, context: OperationContext) => {
      needAdministrator(context);
      const place = placeOf(resource.resourceUri);
      if (body.ns !== ns.config) throw fault('invalidXmlNamespace');
      if (body.name !== nameOf(place)) throw fault('invalidRepresentation');
      await settings.update((current) => {
        const before = shown(current.config);
        const part = readConfig(partAt(before, place), body);
        const after = replaceAt(before as unknown as ConfigPart, place, part) as unknown as WinrmConfig;
        checkConfig(before, after);
        return { ...current, config: stored(after) };
      });
      changed(context, resource.resourceUri);
      return written(place);
    },
    invoke: async (resource, method, _input, context) => {
      if (method !== 'Restore' || placeOf(resource.resourceUri).length > 0) throw fault('actionNotSupported');
      needAdministrator(context);
      await settings.update((current) => ({ ...current, config: defaults }));
      changed(context, resource.resourceUri);
      return element(ns.config, 'Restore_OUTPUT', null);
    },
  };
}
