import type { CimInstance, CimResource, CimValue, ResolvedClass, WqlPath } from '@atelier/cim';
import type { EnumeratedItem, EnumerateRequest, OperationContext } from '@atelier/plugin-kit';
import { fault, readSelectorFilter, type XmlContent } from '@atelier/wsman';
import { readAssociationFilter } from './association-filter.ts';
import { traverse } from './associations.ts';
import type { CimNamespace } from './cim-namespace.ts';
import { dialects } from './dialects.ts';
import { engineFault } from './engine-fault.ts';
import { referenceTo } from './instance-reference.ts';
import { listInstances } from './list-instances.ts';
import { type FoundClass, resolveResource } from './resolve-resource.ts';
import { runQuery } from './run-query.ts';

const nothing: XmlContent = { raw: '' };

/** How the instances of one enumeration are written. */
interface Shape {
  readonly kind: CimResource['kind'];
  readonly mode: EnumerateRequest['mode'];
  readonly properties: readonly WqlPath[] | null;
  /** Superclass that all are written as. */
  readonly asClass?: string;
}

function* written(instance: CimInstance, namespace: CimNamespace, shape: Shape): Generator<EnumeratedItem> {
  const writer = namespace.writer(shape.kind);
  const type = namespace.registry.find(instance.className);
  if (!type) throw fault('internalError');
  const item =
    shape.mode === 'epr'
      ? nothing
      : shape.properties
        ? writer.writeFragment(instance, shape.properties)
        : writer.write(instance, shape.asClass === undefined ? undefined : { asClass: shape.asClass });
  yield shape.mode === 'object' ? { item } : { item, reference: referenceTo(instance, type, namespace, shape.kind) };
}

async function* writeAll(
  instances: AsyncIterable<CimInstance>,
  namespace: CimNamespace,
  shape: Shape,
): AsyncGenerator<EnumeratedItem> {
  try {
    for await (const one of instances) yield* written(one, namespace, shape);
  } catch (error) {
    throw engineFault(error, 'provider');
  }
}

/** Values that a selector filter asks for, in the class's types. */
function selectorEquals(request: EnumerateRequest, type: ResolvedClass): Readonly<Record<string, CimValue>> {
  const equals: Record<string, CimValue> = {};
  for (const { name, value } of readSelectorFilter(request.filter!)) {
    const property = type.property(name);
    if (!property) throw fault('enumerateCannotProcessFilter', { reason: `${type.name} has no property ${name}` });
    if (typeof value !== 'string' || property.array)
      throw fault('enumerateCannotProcessFilter', { reason: `${property.name} cannot be compared with a selector` });
    equals[property.name] = value.trim();
  }
  return equals;
}

function enumerateClass(
  found: FoundClass & { readonly type: ResolvedClass },
  request: EnumerateRequest,
  context: OperationContext,
): AsyncIterable<EnumeratedItem> {
  const { namespace, type, kind, keys } = found;
  if (Object.keys(keys).length > 0) throw fault('unexpectedSelectors');
  if (type.isA('__Event')) throw fault('actionNotSupported', { reason: 'events can only be subscribed to' });
  const equals = request.filter ? selectorEquals(request, type) : {};
  const properties = request.mode === 'epr' && !request.filter ? type.keys.map((one) => one.name) : null;
  const instances = listInstances(namespace, type, { properties, equals }, context, request.polymorphism === 'None');
  const asClass = request.polymorphism === 'ExcludeSubClassProperties' ? type.name : undefined;
  return writeAll(instances, namespace, { kind, mode: request.mode, properties: null, asClass });
}

/** Items of an enumeration of a class, a WQL query, or an association filter; drawn as they are pulled. Throws the faults of DSP0226 §8 and DSP0227 §10. */
export function enumerateCim(
  namespaces: ReadonlyMap<string, CimNamespace>,
  request: EnumerateRequest,
  context: OperationContext,
): AsyncIterable<EnumeratedItem> {
  const found = resolveResource(namespaces, request);
  const { namespace, kind, type } = found;
  const { filter, mode } = request;
  const dialect = filter?.dialect.toLowerCase() ?? null;
  if (dialect === dialects.wql.toLowerCase()) {
    if (Object.keys(found.keys).length > 0) throw fault('wqlKeyInUri');
    if (request.polymorphism === 'None' || request.polymorphism === 'ExcludeSubClassProperties')
      throw fault('polymorphismModeUnsupported');
    const { instances, properties } = runQuery(namespace, filter!.text, context);
    return writeAll(instances, namespace, { kind, mode, properties });
  }
  if (dialect === dialects.association.toLowerCase()) {
    const { request: wanted, properties } = readAssociationFilter(filter!, namespace);
    const paths = properties?.map((one) => [one]) ?? null;
    return writeAll(traverse(namespace, wanted, context), namespace, { kind, mode, properties: paths });
  }
  if (dialect !== null && dialect !== dialects.selector.toLowerCase())
    throw fault('enumerateFilterDialectRequestedUnavailable');
  if (!type) throw fault('filteringRequiredNotSupported');
  return enumerateClass({ ...found, type }, request, context);
}
