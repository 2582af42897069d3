import { attribute, element, elementsOf, ns, textOf, type XmlElement } from '@atelier/wsman';

/** A value of a property, as text; null is none, an array is one that repeats, an object is one that holds properties itself. */
export type PropertyValue = string | null | readonly PropertyValue[] | { readonly [name: string]: PropertyValue };
export type Properties = Readonly<Record<string, PropertyValue>>;

/** What can be given for a property. */
export type GivenValue = string | number | bigint | boolean | null | readonly GivenValue[] | XmlElement;
export type GivenProperties = Readonly<Record<string, GivenValue>>;

const isNil = (node: XmlElement): boolean => /^(true|1)$/.test(attribute(node, ns.xsi, 'nil') ?? '');

function propertyValue(node: XmlElement): PropertyValue {
  if (isNil(node)) return null;
  const children = elementsOf(node);
  if (children.length === 0) return textOf(node);
  const [only] = children;
  if (children.length === 1 && only!.ns === ns.cimCommon) return textOf(only!);
  return propertiesOf(node);
}

/** The properties of a resource's element by name: text, null, arrays for repeated ones; dates and intervals as their text. */
export function propertiesOf(node: XmlElement): Properties {
  const found: Record<string, PropertyValue> = Object.create(null);
  for (const one of elementsOf(node)) {
    const value = propertyValue(one);
    const before = found[one.name];
    if (!(one.name in found)) found[one.name] = value;
    else found[one.name] = Array.isArray(before) ? [...before, value] : [before!, value];
  }
  return found;
}

const isElement = (value: GivenValue): value is XmlElement =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && 'children' in value;

function written(namespace: string, name: string, value: GivenValue): readonly XmlElement[] {
  if (Array.isArray(value)) return (value as readonly GivenValue[]).flatMap((one) => written(namespace, name, one));
  if (value === null) return [element(namespace, name, [{ ns: ns.xsi, name: 'nil', value: 'true' }])];
  if (isElement(value)) return [element(namespace, name, null, ...value.children)];
  return [element(namespace, name, null, String(value))];
}

/** An element of a namespace with these properties, in their order. */
export function propertiesElement(namespace: string, name: string, properties: GivenProperties): XmlElement {
  const children = Object.entries(properties).flatMap(([key, value]) => written(namespace, key, value));
  return element(namespace, name, null, ...children);
}

/** A representation with some properties changed: each in the place that it had, new ones at the end. Names compare without case. */
export function withProperties(node: XmlElement, properties: GivenProperties): XmlElement {
  const left = new Map(Object.entries(properties).map(([name, value]) => [name.toLowerCase(), { name, value }]));
  const done = new Set<string>();
  const children = node.children.flatMap((one): readonly (XmlElement | string)[] => {
    if (typeof one === 'string') return [one];
    const key = one.name.toLowerCase();
    if (done.has(key)) return [];
    const change = left.get(key);
    if (!change) return [one];
    left.delete(key);
    done.add(key);
    return written(one.ns, one.name, change.value);
  });
  const more = [...left.values()].flatMap(({ name, value }) => written(node.ns, name, value));
  return { ...node, children: [...children, ...more] };
}
