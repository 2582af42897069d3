import {
  type CimClass,
  type CimInstance,
  type CimResource,
  type ClassRegistry,
  canonicalNamespace,
  createClassRegistry,
  createInstanceWriter,
  type InstanceWriter,
} from '@atelier/cim';
import type { CimProvider, CimSource } from '@atelier/plugin-kit';
import { systemClasses } from './system-classes.ts';

/** A class's source and whose it is. */
export interface OwnedSource {
  readonly provider: string;
  readonly source: CimSource;
}

/** One namespace: the classes of all its providers together. */
export interface CimNamespace {
  readonly name: string;
  readonly registry: ClassRegistry;
  source(className: string): OwnedSource | null;
  writer(kind: CimResource['kind']): InstanceWriter;
}

/** Every namespace on the way to one: `root`, `root/microsoft`, `root/microsoft/medv`. */
function above(namespace: string): readonly string[] {
  const parts = namespace.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function build(name: string, providers: readonly CimProvider[], children: readonly string[]): CimNamespace {
  const classes = new Map<string, CimClass>(systemClasses.map((one) => [one.name.toLowerCase(), one]));
  const sources = new Map<string, OwnedSource>();
  for (const provider of providers) {
    for (const one of provider.classes) {
      const key = one.name.toLowerCase();
      // Several providers may bring the same superclass along; only one of them may fill it.
      if (!classes.has(key)) classes.set(key, one);
    }
    for (const [className, source] of Object.entries(provider.sources)) {
      const key = className.toLowerCase();
      const other = sources.get(key);
      if (other)
        throw new Error(
          `the class ${className} of ${name} comes from two providers: ${other.provider} and ${provider.name}`,
        );
      if (!classes.has(key))
        throw new Error(`${provider.name} has a source for ${className}, which is no class of its`);
      sources.set(key, { provider: provider.name, source });
    }
  }
  const namespaces: readonly CimInstance[] = children.map((child) => ({
    kind: 'instance',
    className: '__Namespace',
    values: { Name: child },
  }));
  sources.set('__namespace', { provider: 'CIM engine', source: { list: () => namespaces } });
  const registry = createClassRegistry([...classes.values()]);
  const writers = new Map<string, InstanceWriter>();
  return {
    name,
    registry,
    source: (className) => sources.get(className.toLowerCase()) ?? null,
    writer: (kind) => {
      let writer = writers.get(kind);
      if (!writer) {
        writer = createInstanceWriter(registry, name, kind);
        writers.set(kind, writer);
      }
      return writer;
    },
  };
}

/** Puts providers together by namespace. Throws for a class that two providers fill and for classes that do not fit each other. */
export function createNamespaces(providers: readonly CimProvider[]): ReadonlyMap<string, CimNamespace> {
  const names = new Set(['root', ...providers.flatMap((one) => above(canonicalNamespace(one.namespace)))]);
  const made = new Map<string, CimNamespace>();
  for (const name of names) {
    const own = providers.filter((one) => canonicalNamespace(one.namespace) === name);
    const children = [...names].filter(
      (one) => one.startsWith(`${name}/`) && !one.slice(name.length + 1).includes('/'),
    );
    made.set(
      name,
      build(
        name,
        own,
        children.map((one) => one.slice(name.length + 1)),
      ),
    );
  }
  return made;
}
