import {
  type CimInstance,
  type CimReference,
  type CimResource,
  keyText,
  namespaceSelector,
  type ResolvedClass,
} from '@atelier/cim';
import { anonymous, type ResourceReference, type Selector } from '@atelier/wsman';
import type { CimNamespace } from './cim-namespace.ts';

const selector = (
  name: string,
  value: CimInstance['values'][string] | undefined,
  namespace: CimNamespace,
  kind: CimResource['kind'],
): Selector => {
  if (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'reference')
    return { name, value: { address: anonymous, ...resourceOf(value, namespace, kind) } };
  return { name, value: keyText(value) };
};

/** Resource URI and selectors of what a CIM reference names. */
export function resourceOf(
  reference: CimReference,
  namespace: CimNamespace,
  kind: CimResource['kind'],
): ResourceReference {
  const type = namespace.registry.find(reference.className);
  const selectors: Selector[] = type?.singleton
    ? []
    : Object.entries(reference.keys).map(([name, value]) => ({ name, value: keyText(value) }));
  if (kind === 'cim-schema') selectors.push({ name: namespaceSelector, value: namespace.name });
  return { resourceUri: namespace.writer(kind).uriOf(type?.name ?? reference.className), selectors };
}

/** Resource URI and selectors of an instance (DSP0227 §8). Keys that are references become endpoint references. */
export function referenceTo(
  instance: CimInstance,
  type: ResolvedClass,
  namespace: CimNamespace,
  kind: CimResource['kind'],
): ResourceReference {
  const selectors = type.singleton
    ? []
    : type.keys.map((key) => selector(key.name, instance.values[key.name], namespace, kind));
  if (kind === 'cim-schema') selectors.push({ name: namespaceSelector, value: namespace.name });
  return { resourceUri: namespace.writer(kind).uriOf(type.name), selectors };
}

/** A CIM reference to an instance. Keys that are no plain values are left out. */
export function cimReferenceTo(instance: CimInstance, type: ResolvedClass): CimReference {
  const keys: Record<string, string | number | bigint | boolean> = {};
  for (const { name } of type.keys) {
    const value = instance.values[name];
    if (
      typeof value === 'string' ||
      typeof value === 'number' ||
      typeof value === 'bigint' ||
      typeof value === 'boolean'
    )
      keys[name] = value;
  }
  return { kind: 'reference', className: type.name, keys };
}
