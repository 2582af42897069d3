import type { CimProperty } from '../cim-class.ts';
import { CimError } from '../cim-error.ts';
import type { CimInstance } from '../cim-instance.ts';
import type { CimType } from '../cim-type.ts';
import type { CimScalar, CimValue } from '../cim-value.ts';
import type { ClassRegistry, ResolvedClass } from '../class-registry.ts';
import { coerceScalar } from '../coerce-value.ts';
import { type Comparable, comparableOf, compareLiteral, orderOf } from './compare.ts';
import { likePattern } from './like-pattern.ts';
import type { SelectQuery, WqlCondition, WqlLiteral, WqlOperator, WqlPath } from './query.ts';

/** True, false, or null where a null value leaves it open (three-valued logic). */
type Test = (instance: CimInstance) => boolean | null;

const isInstance = (value: CimValue | undefined): value is CimInstance =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'instance';

const accepts: Readonly<Record<WqlOperator, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '<': (order) => order < 0,
  '>': (order) => order > 0,
  '<=': (order) => order <= 0,
  '>=': (order) => order >= 0,
};

/** Finds the value at a path. Property is null where only the instance at hand can tell (embedded ones). */
interface Getter {
  readonly property: CimProperty | null;
  readonly read: (instance: CimInstance) => CimValue | undefined;
  readonly propertyOf: (instance: CimInstance) => CimProperty | null;
}

const system: Readonly<Record<string, (type: ResolvedClass | null, instance: CimInstance) => CimValue>> = {
  __class: (_, instance) => instance.className,
  __superclass: (type) => type?.superclass?.name ?? null,
  __this: (_, instance) => instance.className,
  __dynasty: (type) => {
    let top = type;
    while (top?.superclass) top = top.superclass;
    return top?.name ?? null;
  },
};

function getterFor(path: WqlPath, type: ResolvedClass, registry: ClassRegistry, position: number): Getter {
  const [first, ...rest] = path;
  const lower = first!.toLowerCase();
  const own = system[lower];
  if (own && rest.length === 0) {
    const property: CimProperty = { name: first!, type: 'string' };
    return { property, read: (one) => own(registry.find(one.className), one), propertyOf: () => property };
  }
  const property = type.property(first!);
  if (!property)
    throw new CimError('query', `${type.name} has no property ${first} (character ${position + 1})`, position);
  if (rest.length === 0) return { property, read: (one) => one.values[property.name], propertyOf: () => property };
  if (property.type !== 'instance')
    throw new CimError('query', `${property.name} has no parts (character ${position + 1})`, position);
  const inner = (one: CimInstance): { readonly instance: CimInstance; readonly type: ResolvedClass } | null => {
    const value = one.values[property.name];
    const found = isInstance(value) ? registry.find(value.className) : null;
    return isInstance(value) && found ? { instance: value, type: found } : null;
  };
  const step = (one: CimInstance): { readonly getter: Getter; readonly instance: CimInstance } | null => {
    const next = inner(one);
    const known = next && (system[rest[0]!.toLowerCase()] || next.type.property(rest[0]!));
    return next && known ? { getter: getterFor(rest, next.type, registry, position), instance: next.instance } : null;
  };
  return {
    property: null,
    read: (one) => {
      const next = step(one);
      return next ? next.getter.read(next.instance) : undefined;
    },
    propertyOf: (one) => {
      const next = step(one);
      return next ? next.getter.propertyOf(next.instance) : null;
    },
  };
}

/** An array fits when one of its values does, as in WMI. */
const some = (value: CimValue, test: (one: CimScalar) => boolean | null): boolean | null =>
  Array.isArray(value) ? (value as readonly CimScalar[]).some((one) => test(one) === true) : test(value as CimScalar);

function compare(getter: Getter, operator: WqlOperator, literal: WqlLiteral, position: number): Test {
  const fits = accepts[operator];
  const compareWith = (property: CimProperty): ((value: CimScalar) => number | null) =>
    compareLiteral(property.type, literal, position);
  const fixed = getter.property && compareWith(getter.property);
  const made = new Map<CimProperty, (value: CimScalar) => number | null>();
  return (instance) => {
    const value = getter.read(instance);
    if (value === undefined || value === null) return null;
    let order = fixed;
    if (!order) {
      const property = getter.propertyOf(instance);
      if (!property) return null;
      order = made.get(property) ?? compareWith(property);
      made.set(property, order);
    }
    return some(value, (one) => {
      const result = order(one);
      return result === null ? null : fits(result);
    });
  };
}

function build(condition: WqlCondition, type: ResolvedClass, registry: ClassRegistry): Test {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const parts = condition.parts.map((one) => build(one, type, registry));
      const decisive = condition.kind === 'or';
      return (instance) => {
        let open = false;
        for (const part of parts) {
          const result = part(instance);
          if (result === decisive) return decisive;
          if (result === null) open = true;
        }
        return open ? null : !decisive;
      };
    }
    case 'not': {
      const part = build(condition.part, type, registry);
      return (instance) => {
        const result = part(instance);
        return result === null ? null : !result;
      };
    }
    case 'null': {
      const getter = getterFor(condition.path, type, registry, condition.position);
      return (instance) => (getter.read(instance) ?? null) === null;
    }
    case 'isa': {
      const [first, ...rest] = condition.path;
      if (first!.toLowerCase() === '__this' && rest.length === 0)
        return (instance) => registry.find(instance.className)?.isA(condition.className) ?? false;
      const getter = getterFor(condition.path, type, registry, condition.position);
      return (instance) => {
        const value = getter.read(instance);
        const name = isInstance(value) ? value.className : null;
        return name === null ? null : (registry.find(name)?.isA(condition.className) ?? false);
      };
    }
    case 'like': {
      const getter = getterFor(condition.path, type, registry, condition.position);
      const fits = likePattern(condition.pattern);
      return (instance) => {
        const value = getter.read(instance);
        if (value === undefined || value === null) return null;
        return some(value, (one) => {
          const text = comparableOf(one);
          return text === null ? null : fits(String(text));
        });
      };
    }
    case 'compare':
      return compare(
        getterFor(condition.path, type, registry, condition.position),
        condition.operator,
        condition.value,
        condition.position,
      );
    case 'compare-paths': {
      const left = getterFor(condition.path, type, registry, condition.position);
      const right = getterFor(condition.other, type, registry, condition.position);
      const fits = accepts[condition.operator];
      const read = (getter: Getter, instance: CimInstance): Comparable | null =>
        comparableOf((getter.read(instance) ?? null) as CimScalar);
      return (instance) => {
        const a = read(left, instance);
        const b = read(right, instance);
        const order = a === null || b === null ? null : orderOf(a, b);
        return order === null ? null : fits(order);
      };
    }
  }
}

/** Compiles the WHERE of a query over a class. Throws `CimError` of kind `query` for unknown properties and values that do not fit their type. */
export function compileWhere(
  query: SelectQuery,
  type: ResolvedClass,
  registry: ClassRegistry,
): (instance: CimInstance) => boolean {
  for (const path of query.properties ?? [])
    getterFor(path[path.length - 1] === '*' ? path.slice(0, -1) : path, type, registry, 0);
  if (!query.where) return () => true;
  const test = build(query.where, type, registry);
  return (instance) => test(instance) === true;
}

/** Types whose equality is more than that of their text. */
const notHints: ReadonlySet<CimType> = new Set(['datetime', 'reference', 'instance', 'real32', 'real64']);

/** Values that some properties must equal for the condition to hold: what a source may use to skip work. */
export function requiredEquals(
  condition: WqlCondition | null,
  type: ResolvedClass,
): Readonly<Record<string, string | number | bigint | boolean>> {
  if (!condition) return {};
  if (condition.kind === 'and')
    return Object.assign({}, ...condition.parts.map((one) => requiredEquals(one, type))) as Record<string, string>;
  if (condition.kind !== 'compare' || condition.operator !== '=' || condition.path.length !== 1) return {};
  const property = type.property(condition.path[0]!);
  if (!property || property.array || notHints.has(property.type)) return {};
  try {
    // In the property's own type: a source must be able to compare it with what it has.
    return { [property.name]: coerceScalar(property.type, condition.value) as string };
  } catch {
    // A value outside of the property's range is no hint; the condition itself says that nothing fits.
    return {};
  }
}

/** Properties, in the class's spelling, that a query looks at; null for all. */
export function usedProperties(query: SelectQuery, type: ResolvedClass): readonly string[] | null {
  if (query.properties === null) return null;
  const names = new Set<string>();
  const add = (path: WqlPath): void => {
    const property = type.property(path[0]!);
    if (property) names.add(property.name);
  };
  const visit = (condition: WqlCondition): void => {
    if ('parts' in condition) condition.parts.forEach(visit);
    else if ('part' in condition) visit(condition.part);
    else {
      add(condition.path);
      if (condition.kind === 'compare-paths') add(condition.other);
    }
  };
  query.properties.forEach(add);
  if (query.where) visit(query.where);
  for (const key of type.keys) names.add(key.name);
  return [...names];
}
