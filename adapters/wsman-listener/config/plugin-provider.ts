import type { ResourceDeclaration, ResourceProvider, ShellProvider } from '@atelier/plugin-kit';
import { element, fault, ns, selectorValue, type XmlElement } from '@atelier/wsman';

const capital = (word: string): string => word[0]!.toUpperCase() + word.slice(1);

const plugin = (name: string, resources: readonly XmlElement[]): XmlElement =>
  element(
    ns.config,
    'PlugInConfiguration',
    { Name: name, Enabled: 'true', SDKVersion: '2', XmlRenderingType: 'text' },
    element(ns.config, 'Resources', null, ...resources),
  );

const resource = (uri: string, exact: boolean, capabilities: readonly string[]): XmlElement =>
  element(
    ns.config,
    'Resource',
    { ResourceUri: uri, ExactMatch: String(exact), SupportsOptions: 'true' },
    ...capabilities.map((one) => element(ns.config, 'Capability', { Type: capital(one) })),
  );

/** A plug-in that is loaded: its name, and what it answers for. */
export interface LoadedPlugin {
  readonly name: string;
  readonly resources: readonly Pick<ResourceDeclaration, 'uri' | 'exact' | 'capabilities'>[];
}

/** `winrm/config/plugin`: which providers are there, and what they answer for. To be read: plug-ins are installed, not configured. */
export function pluginProvider(
  providers: readonly ResourceProvider[],
  shells: readonly ShellProvider[],
  loaded: () => readonly LoadedPlugin[] = () => [],
): ResourceProvider {
  const uri = `${ns.config}/Plugin`;
  const fixed = new Map<string, XmlElement>([
    ...providers.map((one): [string, XmlElement] => [
      one.name,
      plugin(
        one.name,
        one.resources.map((each) => resource(each.uri, each.exact, each.capabilities)),
      ),
    ]),
    ...shells.map((one): [string, XmlElement] => [
      one.name,
      plugin(one.name, [resource(one.resourceUri, true, ['shell'])]),
    ]),
  ]);
  const everything = (): ReadonlyMap<string, XmlElement> =>
    new Map([
      ...loaded().map((one): [string, XmlElement] => [
        one.name,
        plugin(
          one.name,
          one.resources.map(({ uri, exact, capabilities }) => resource(uri, exact, capabilities)),
        ),
      ]),
      // A plug-in cannot stand in for what the agent itself is made of.
      ...fixed,
    ]);
  return {
    name: 'configuration',
    resources: [{ uri, exact: true, capabilities: ['get', 'enumerate'], options: [] }],
    get: async (wanted) => {
      const name = selectorValue(wanted, 'Name');
      if (name === null) throw fault('insufficientSelectors');
      const found = everything().get(name);
      if (!found) throw fault('unexpectedSelectors');
      return found;
    },
    async *enumerate() {
      for (const [name, item] of everything())
        yield { item, reference: { resourceUri: uri, selectors: [{ name: 'Name', value: name }] } };
    },
  };
}
