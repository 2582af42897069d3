import {
  attribute,
  child,
  type EndpointReference,
  elementsOf,
  ns,
  readEndpointReference,
  textOf,
  trimmedText,
  type XmlElement,
} from '@atelier/wsman';
import type { CimMethod, CimParameter, CimProperty } from './cim-class.ts';
import { CimError } from './cim-error.ts';
import type { CimInstance } from './cim-instance.ts';
import type { CimReference, CimScalar, CimValue } from './cim-value.ts';
import type { ClassRegistry, ResolvedClass } from './class-registry.ts';
import { coerceScalar } from './coerce-value.ts';
import { maxEmbedding } from './instance-writer.ts';
import { namespaceSelector, readCimResource } from './resource-uri.ts';

const isNil = (node: XmlElement): boolean => /^\s*(true|1)\s*$/.test(attribute(node, ns.xsi, 'nil') ?? '');

/** The class that `xsi:type` names, e.g. `p:Win32_Process_Type`. */
function typeName(node: XmlElement): string | null {
  const type = attribute(node, ns.xsi, 'type');
  return type ? type.replace(/^.*:/, '').replace(/_Type$/, '') : null;
}

/** What an endpoint reference of CIM names. Selectors become keys: as text, or typed when the class is known. Throws `CimError` of kind `type`. */
export function readReference(reference: EndpointReference, registry: ClassRegistry | null): CimReference {
  const resource = readCimResource(reference.resourceUri);
  if (!resource) throw new CimError('type', 'a reference names no CIM class');
  const known = registry?.find(resource.className) ?? null;
  const keys: Record<string, string | number | bigint | boolean> = {};
  let { namespace } = resource;
  for (const { name, value } of reference.selectors) {
    if (name.toLowerCase() === namespaceSelector) {
      if (typeof value === 'string') namespace = value.trim();
      continue;
    }
    if (typeof value !== 'string') continue;
    const property = known?.property(name);
    const typed = property && property.type !== 'datetime' ? coerceScalar(property.type, value) : value;
    keys[property?.name ?? name] = typed as string;
  }
  return {
    kind: 'reference',
    ...(namespace === null ? {} : { namespace }),
    className: known?.name ?? resource.className,
    keys,
  };
}

function readScalar(property: CimProperty, node: XmlElement, registry: ClassRegistry, depth: number): CimScalar {
  if (isNil(node)) return null;
  if (property.type === 'datetime') {
    const inner = elementsOf(node)[0];
    return coerceScalar('datetime', trimmedText(inner ?? node));
  }
  if (property.type === 'reference') {
    const whole = child(node, ns.addressing, 'EndpointReference') ?? node;
    return readReference(readEndpointReference(whole), registry);
  }
  if (property.type === 'instance') {
    if (depth >= maxEmbedding) throw new CimError('nesting', `instances are embedded deeper than ${maxEmbedding}`);
    const inner = elementsOf(node);
    // Either the properties stand here, with xsi:type, or an element of the class does.
    const typed = typeName(node);
    const only = inner.length === 1 ? inner[0]! : null;
    if (!typed && only && registry.find(only.name))
      return readInstance(only, registry.need(only.name), registry, depth + 1);
    const className = typed ?? property.className;
    if (!className) throw new CimError('type', `${property.name}: an embedded instance does not tell its class`);
    return readInstance(node, registry.need(className), registry, depth + 1);
  }
  return coerceScalar(
    property.type,
    property.type === 'string' || property.type === 'char16' ? textOf(node) : trimmedText(node),
  );
}

type Kind = 'unknown-property' | 'unknown-parameter';

function readValues(
  node: XmlElement,
  find: (name: string) => CimProperty | null,
  unknown: Kind,
  registry: ClassRegistry,
  depth: number,
): Readonly<Record<string, CimValue>> {
  const found = new Map<CimProperty, CimScalar[]>();
  for (const one of elementsOf(node)) {
    const property = find(one.name);
    if (!property)
      throw new CimError(
        unknown,
        `there is no ${unknown === 'unknown-property' ? 'property' : 'parameter'} ${one.name}`,
      );
    let value: CimScalar;
    try {
      value = readScalar(property, one, registry, depth);
    } catch (error) {
      if (error instanceof CimError && error.kind === 'type')
        throw new CimError('type', `${property.name}: ${error.message}`, null, { cause: error });
      throw error;
    }
    const list = found.get(property);
    if (!list) found.set(property, [value]);
    else if (property.array) list.push(value);
    else throw new CimError('type', `${property.name} stands twice`);
  }
  const values: Record<string, CimValue> = {};
  for (const [property, list] of found)
    values[property.name] = property.array ? (list.length === 1 && list[0] === null ? null : list) : list[0]!;
  return values;
}

/** Reads an instance of a class from its element (DSP0230 §8). Throws `CimError` for unknown properties and values of a wrong type. */
export function readInstance(node: XmlElement, type: ResolvedClass, registry: ClassRegistry, depth = 0): CimInstance {
  return {
    kind: 'instance',
    className: type.name,
    values: readValues(node, type.property, 'unknown-property', registry, depth),
  };
}

/** Reads `method_INPUT`: all parameters that a caller may give, checked. Throws `CimError`. */
export function readMethodInput(
  node: XmlElement | null,
  method: CimMethod,
  registry: ClassRegistry,
): Readonly<Record<string, CimValue>> {
  const inputs = new Map<string, CimParameter>();
  for (const one of method.parameters) if (one.direction !== 'out') inputs.set(one.name.toLowerCase(), one);
  if (node && node.name.toLowerCase() !== `${method.name}_input`.toLowerCase())
    throw new CimError('wrong-class', `the body is ${node.name} instead of ${method.name}_INPUT`);
  const values = node
    ? readValues(node, (name) => inputs.get(name.toLowerCase()) ?? null, 'unknown-parameter', registry, 0)
    : {};
  for (const one of inputs.values())
    if (one.required && (values[one.name] === undefined || values[one.name] === null))
      throw new CimError('missing-parameter', `the parameter ${one.name} is missing`);
  return values;
}

/** Reads `method_OUTPUT`, of which nothing needs to be known but the method. */
export function readMethodOutput(
  node: XmlElement,
  method: CimMethod,
  registry: ClassRegistry,
): Readonly<Record<string, CimValue>> {
  const outputs = new Map<string, CimProperty>([['returnvalue', { name: 'ReturnValue', type: method.returns }]]);
  for (const one of method.parameters) if (one.direction !== 'in') outputs.set(one.name.toLowerCase(), one);
  return readValues(node, (name) => outputs.get(name.toLowerCase()) ?? null, 'unknown-parameter', registry, 0);
}
