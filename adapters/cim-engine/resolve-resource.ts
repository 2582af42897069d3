import {
  type CimResource,
  type CimValue,
  canonicalNamespace,
  coerceScalar,
  defaultNamespace,
  namespaceSelector,
  type ResolvedClass,
  readCimResource,
  readReference,
} from '@atelier/cim';
import { fault, type ResourceReference } from '@atelier/wsman';
import type { CimNamespace } from './cim-namespace.ts';
import { engineFault } from './engine-fault.ts';

/** A resource that was found. `type` is null for all classes (`*`). */
export interface FoundClass {
  readonly kind: CimResource['kind'];
  readonly namespace: CimNamespace;
  readonly type: ResolvedClass | null;
  /** Selectors but the namespace, in the class's spelling and types. */
  readonly keys: Readonly<Record<string, CimValue>>;
}

type Namespaces = ReadonlyMap<string, CimNamespace>;

/** The namespace that a URI or its selector names, by default root/cimv2. */
function namespaceOf(namespaces: Namespaces, resource: CimResource, reference: ResourceReference): CimNamespace {
  const selector = reference.selectors.find((one) => one.name.toLowerCase() === namespaceSelector);
  const given = typeof selector?.value === 'string' ? canonicalNamespace(selector.value.trim()) : null;
  const own = resource.namespace === null ? null : canonicalNamespace(resource.namespace);
  if (given !== null && own !== null && given !== own) throw fault('namespaceConflict');
  const found = namespaces.get(own ?? given ?? defaultNamespace);
  if (!found) throw fault('resourceNotFound');
  return found;
}

function readKeys(
  namespace: CimNamespace,
  type: ResolvedClass,
  reference: ResourceReference,
): Record<string, CimValue> {
  const keys: Record<string, CimValue> = {};
  for (const { name, value } of reference.selectors) {
    if (name.toLowerCase() === namespaceSelector) continue;
    const property = type.property(name);
    if (!property || (type.keys.length > 0 && !property.key)) throw fault('unexpectedSelectors');
    if (property.name in keys) throw fault('duplicateSelectors');
    try {
      if (typeof value !== 'string') {
        if (property.type !== 'reference') throw fault('selectorTypeMismatch');
        keys[property.name] = readReference(value, namespace.registry);
      } else keys[property.name] = coerceScalar(property.type, value);
    } catch (error) {
      throw engineFault(error, 'selectors');
    }
  }
  return keys;
}

/** Finds the class that a reference names and reads its selectors. Throws the faults of DSP0226 §5.4.2.2 and DestinationUnreachable. */
export function resolveResource(namespaces: Namespaces, reference: ResourceReference): FoundClass {
  const resource = readCimResource(reference.resourceUri);
  if (!resource) throw fault('resourceNotFound');
  const namespace = namespaceOf(namespaces, resource, reference);
  if (resource.className === '*') return { kind: resource.kind, namespace, type: null, keys: {} };
  const type = namespace.registry.find(resource.className);
  if (!type) throw fault('resourceNotFound');
  const keys = resource.kind === 'cim-xml' ? {} : readKeys(namespace, type, reference);
  return { kind: resource.kind, namespace, type, keys };
}

/** Like `resolveResource`, for operations that need one class. */
export function resolveClass(
  namespaces: Namespaces,
  reference: ResourceReference,
): FoundClass & { readonly type: ResolvedClass } {
  const { type, ...rest } = resolveResource(namespaces, reference);
  if (!type) throw fault('resourceNotFound', { reason: 'this operation needs one class, not all classes' });
  return { ...rest, type };
}
