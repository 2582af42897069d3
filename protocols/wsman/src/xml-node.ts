import type { XmlAttribute, XmlElement } from './xml-element.ts';

const none: readonly XmlAttribute[] = [];

/** An element as a value; attributes without namespace may be given as an object. */
export function element(
  ns: string,
  name: string,
  attributes: readonly XmlAttribute[] | Readonly<Record<string, string>> | null,
  ...children: readonly (XmlElement | string)[]
): XmlElement {
  const list = !attributes
    ? none
    : Array.isArray(attributes)
      ? (attributes as readonly XmlAttribute[])
      : Object.entries(attributes).map(([key, value]) => ({ ns: '', name: key, value: value as string }));
  return { ns, name, attributes: list, children };
}

/** The first child element with this name, or null. */
export function child(parent: XmlElement, ns: string, name: string): XmlElement | null {
  for (const one of parent.children) if (typeof one !== 'string' && one.name === name && one.ns === ns) return one;
  return null;
}

/** All child elements with this name. */
export function childrenOf(parent: XmlElement, ns: string, name: string): readonly XmlElement[] {
  return parent.children.filter(
    (one): one is XmlElement => typeof one !== 'string' && one.name === name && one.ns === ns,
  );
}

/** All child elements. */
export function elementsOf(parent: XmlElement): readonly XmlElement[] {
  return parent.children.filter((one): one is XmlElement => typeof one !== 'string');
}

/** Text of an element and everything within it, as it stands. */
export function textOf(node: XmlElement): string {
  const [first] = node.children;
  if (node.children.length === 0) return '';
  if (node.children.length === 1 && typeof first === 'string') return first;
  return node.children.map((one) => (typeof one === 'string' ? one : textOf(one))).join('');
}

/** Text without white space around it. */
export const trimmedText = (node: XmlElement): string => textOf(node).trim();

/** Value of an attribute, or null. */
export function attribute(node: XmlElement, ns: string, name: string): string | null {
  for (const one of node.attributes) if (one.name === name && one.ns === ns) return one.value;
  return null;
}
