import { type CimInstance, type CimValue, type ResolvedClass, readInstance } from '@atelier/cim';
import type { OperationContext } from '@atelier/plugin-kit';
import {
  anonymous,
  type EndpointReference,
  fault,
  type ResourceReference,
  type XmlContent,
  type XmlElement,
} from '@atelier/wsman';
import type { CimNamespace } from './cim-namespace.ts';
import { engineFault, guarded } from './engine-fault.ts';
import { referenceTo } from './instance-reference.ts';
import { needInstance } from './list-instances.ts';
import { resolveClass } from './resolve-resource.ts';
import { sameExactly } from './same-value.ts';

type Namespaces = ReadonlyMap<string, CimNamespace>;

function readBody(body: XmlElement, type: ResolvedClass, namespace: CimNamespace): CimInstance {
  if (body.name.toLowerCase() !== type.name.toLowerCase())
    throw fault('invalidXmlNamespace', { reason: `the body is ${body.name} instead of ${type.name}` });
  try {
    return readInstance(body, type, namespace.registry);
  } catch (error) {
    throw engineFault(error, 'body');
  }
}

function changesOf(before: CimInstance, body: CimInstance, type: ResolvedClass): Readonly<Record<string, CimValue>> {
  const changes: Record<string, CimValue> = {};
  for (const [name, value] of Object.entries(body.values)) {
    if (sameExactly(before.values[name], value)) continue;
    if (!type.property(name)?.writable) throw fault('invalidXmlValues', { reason: `${name} cannot be changed` });
    changes[name] = value;
  }
  return changes;
}

/** Get: the instance that a reference names. */
export async function getInstance(
  namespaces: Namespaces,
  resource: ResourceReference,
  context: OperationContext,
): Promise<XmlContent> {
  const { namespace, type, kind, keys } = resolveClass(namespaces, resource);
  const { instance, provider } = await needInstance(namespace, type, keys, context);
  try {
    return namespace.writer(kind).write(instance);
  } catch (error) {
    throw engineFault(error, 'provider', provider);
  }
}

/** Put: changes the properties that differ and may be written. Properties that the body does not hold stay. */
export async function putInstance(
  namespaces: Namespaces,
  resource: ResourceReference,
  body: XmlElement,
  context: OperationContext,
): Promise<XmlContent> {
  const { namespace, type, kind, keys } = resolveClass(namespaces, resource);
  const found = await needInstance(namespace, type, keys, context);
  const { put } = found.source;
  if (!put) throw fault('actionNotSupported');
  const changes = changesOf(found.instance, readBody(body, found.type, namespace), found.type);
  const after =
    Object.keys(changes).length === 0
      ? found.instance
      : await guarded(found.provider, context.signal, () => put.call(found.source, found.instance, changes, context));
  return namespace.writer(kind).write(after);
}

/** Create: a new instance of a class. */
export async function createInstance(
  namespaces: Namespaces,
  resource: ResourceReference,
  body: XmlElement | null,
  context: OperationContext,
): Promise<{ readonly reference: EndpointReference }> {
  const { namespace, type, kind } = resolveClass(namespaces, resource);
  const owner = namespace.source(type.name);
  const create = owner?.source.create;
  if (!owner || !create) throw fault('actionNotSupported');
  if (!body) throw fault('invalidXmlMissingValues');
  const { values } = readBody(body, type, namespace);
  const made = await guarded(owner.provider, context.signal, () => create.call(owner.source, values, context));
  const madeType = namespace.registry.find(made.className) ?? type;
  return { reference: { address: anonymous, ...referenceTo(made, madeType, namespace, kind) } };
}

/** Delete: ends the instance that a reference names. */
export async function deleteInstance(
  namespaces: Namespaces,
  resource: ResourceReference,
  context: OperationContext,
): Promise<void> {
  const { namespace, type, keys } = resolveClass(namespaces, resource);
  const found = await needInstance(namespace, type, keys, context);
  const remove = found.source.delete;
  if (!remove) throw fault('actionNotSupported');
  await guarded(found.provider, context.signal, () => remove.call(found.source, found.instance, context));
}
