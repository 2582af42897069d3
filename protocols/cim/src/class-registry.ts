import type { CimClass, CimMethod, CimProperty } from './cim-class.ts';
import { CimError } from './cim-error.ts';

/** A class with all that it inherits. */
export interface ResolvedClass {
  readonly name: string;
  readonly definition: CimClass;
  readonly superclass: ResolvedClass | null;
  readonly abstract: boolean;
  readonly association: boolean;
  readonly singleton: boolean;
  /** Own and inherited, in alphabetical order as Windows sends them. */
  readonly properties: readonly CimProperty[];
  readonly keys: readonly CimProperty[];
  readonly methods: readonly CimMethod[];
  /** By name, without case. */
  property(name: string): CimProperty | null;
  method(name: string): CimMethod | null;
  /** Whether it is this class or inherits from it. */
  isA(name: string): boolean;
}

/** The classes of one namespace. Names compare without case. */
export interface ClassRegistry {
  readonly classes: readonly ResolvedClass[];
  find(name: string): ResolvedClass | null;
  /** Throws `CimError` of kind `unknown-class`. */
  need(name: string): ResolvedClass;
  /** The class itself and all that inherit from it. */
  family(name: string): readonly ResolvedClass[];
}

function merge<T extends { readonly name: string }>(inherited: readonly T[], own: readonly T[]): Map<string, T> {
  const all = new Map(inherited.map((one) => [one.name.toLowerCase(), one]));
  for (const one of own) {
    const name = one.name.toLowerCase();
    const before = all.get(name);
    // A property that is declared again keeps being a key.
    all.set(name, before && 'key' in before ? { ...one, key: before.key } : one);
  }
  return all;
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;

function resolve(definition: CimClass, superclass: ResolvedClass | null): ResolvedClass {
  const own = new Set<string>();
  for (const { name } of definition.properties) {
    if (own.has(name.toLowerCase())) throw new CimError('schema', `class ${definition.name} declares ${name} twice`);
    own.add(name.toLowerCase());
  }
  const properties = merge(superclass?.properties ?? [], definition.properties);
  const methods = merge(superclass?.methods ?? [], definition.methods ?? []);
  const line = new Set([definition.name.toLowerCase()]);
  for (let one = superclass; one; one = one.superclass) line.add(one.name.toLowerCase());
  const sorted = [...properties.values()].sort(byName);
  return {
    name: definition.name,
    definition,
    superclass,
    abstract: definition.abstract ?? false,
    association: definition.association ?? superclass?.association ?? false,
    singleton: definition.singleton ?? superclass?.singleton ?? false,
    properties: sorted,
    keys: sorted.filter((one) => one.key),
    methods: [...methods.values()].sort(byName),
    property: (name) => properties.get(name) ?? properties.get(name.toLowerCase()) ?? null,
    method: (name) => methods.get(name.toLowerCase()) ?? null,
    isA: (name) => line.has(name.toLowerCase()),
  };
}

/** Resolves inheritance. Throws `CimError` of kind `schema` for a class twice, an unknown superclass, or a circle. */
export function createClassRegistry(classes: readonly CimClass[]): ClassRegistry {
  const definitions = new Map<string, CimClass>();
  for (const one of classes) {
    if (definitions.has(one.name.toLowerCase())) throw new CimError('schema', `class ${one.name} is declared twice`);
    definitions.set(one.name.toLowerCase(), one);
  }
  const resolved = new Map<string, ResolvedClass>();
  const visit = (definition: CimClass, below: ReadonlySet<string>): ResolvedClass => {
    const key = definition.name.toLowerCase();
    const known = resolved.get(key);
    if (known) return known;
    if (below.has(key)) throw new CimError('schema', `class ${definition.name} inherits from itself`);
    const above = definition.superclass === undefined ? null : definitions.get(definition.superclass.toLowerCase());
    if (above === undefined)
      throw new CimError('schema', `class ${definition.name} inherits from ${definition.superclass}, which is unknown`);
    const made = resolve(definition, above && visit(above, new Set([...below, key])));
    resolved.set(key, made);
    return made;
  };
  for (const one of classes) visit(one, new Set());
  const all = [...resolved.values()].sort(byName);
  const families = new Map<string, readonly ResolvedClass[]>();
  const find = (name: string): ResolvedClass | null => resolved.get(name.toLowerCase()) ?? null;
  return {
    classes: all,
    find,
    need: (name) => {
      const found = find(name);
      if (!found) throw new CimError('unknown-class', `there is no class ${name}`);
      return found;
    },
    family: (name) => {
      const key = name.toLowerCase();
      if (!resolved.has(key)) return [];
      let family = families.get(key);
      if (!family) {
        family = all.filter((one) => one.isA(key));
        families.set(key, family);
      }
      return family;
    },
  };
}
