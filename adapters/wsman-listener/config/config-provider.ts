import type { OperationContext, ResourceProvider } from '@atelier/plugin-kit';
import { fault, ns, type XmlElement } from '@atelier/wsman';
import type { Audit } from '../audit.ts';
import { type ConfigPart, readConfig, writeConfig } from './config-xml.ts';
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

/** `winrm/config` and its parts: Get, and Put of as much as one wants to change. A change is in force at once. */
export function configProvider(settings: SettingsStore, audit: Audit): ResourceProvider {
  const nameOf = (place: readonly string[]) => place.at(-1) ?? 'Config';
  const written = (place: readonly string[]) => writeConfig(nameOf(place), partAt(settings.current.config, place));
  return {
    name: 'configuration',
    resources: [{ uri: ns.config, exact: false, capabilities: ['get', 'put'], options: [] }],
    get: async (resource) => written(placeOf(resource.resourceUri)),
    put: async (resource, body: XmlElement, context: OperationContext) => {
      const place = placeOf(resource.resourceUri);
      if (body.ns !== ns.config) throw fault('invalidXmlNamespace');
      if (body.name !== nameOf(place)) throw fault('invalidRepresentation');
      await settings.update((current) => {
        const changed = readConfig(partAt(current.config, place), body);
        const config = replaceAt(current.config as unknown as ConfigPart, place, changed) as unknown as WinrmConfig;
        return { ...current, config };
      });
      audit({
        kind: 'config-changed',
        user: context.user.name,
        resource: resource.resourceUri,
        address: context.clientAddress,
      });
      return written(place);
    },
  };
}
