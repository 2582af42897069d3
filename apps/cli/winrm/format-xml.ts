import { attribute, elementsOf, ns, textOf, writeXml, type XmlElement } from '@atelier/wsman';

const isNil = (node: XmlElement): boolean => /^(true|1)$/.test(attribute(node, ns.xsi, 'nil') ?? '');
const isLeaf = (node: XmlElement): boolean => elementsOf(node).length === 0;
const leafText = (node: XmlElement): string => (isNil(node) ? 'null' : textOf(node));

function childLines(node: XmlElement, indent: string): string[] {
  const children = elementsOf(node);
  const selectors = children.filter((one) => one.ns === ns.wsman && one.name === 'Selector');
  const lines: string[] = [];
  if (selectors.length > 0)
    lines.push(
      `${indent}Selector: ${selectors.map((one) => `${attribute(one, '', 'Name')} = ${textOf(one)}`).join(', ')}`,
    );
  const done = new Set<string>();
  for (const one of children) {
    if (selectors.includes(one) || done.has(one.name)) continue;
    if (!isLeaf(one)) {
      lines.push(...nodeLines(one, indent));
      continue;
    }
    const all = children.filter((each) => each.name === one.name && isLeaf(each));
    done.add(one.name);
    lines.push(`${indent}${one.name} = ${all.map(leafText).join(', ')}`.trimEnd());
  }
  return lines;
}

function nodeLines(node: XmlElement, indent: string): string[] {
  if (isLeaf(node) && (node.children.length > 0 || isNil(node))) return [`${indent}${node.name} = ${leafText(node)}`];
  return [`${indent}${node.name}`, ...childLines(node, `${indent}    `)];
}

/** The form that WinRM prints: the class, and below it each property. */
export const formatText = (node: XmlElement): string => nodeLines(node, '').join('\n');

/** The same element with line breaks and indents where only elements stand. */
function indented(node: XmlElement, indent: string): XmlElement {
  const children = elementsOf(node);
  const mixed = node.children.some((one) => typeof one === 'string' && one.trim() !== '');
  if (children.length === 0 || mixed) return node;
  const inner = children.flatMap((one) => [`\n${indent}  `, indented(one, `${indent}  `)]);
  return { ...node, children: [...inner, `\n${indent}`] };
}

/** XML with one element on each line, where that does not change the text. */
export const formatPretty = (node: XmlElement): string => writeXml(indented(node, ''));

export type XmlFormat = 'text' | 'xml' | 'pretty';

/** An element as a person or a program wants it. */
export function formatNode(node: XmlElement, format: XmlFormat): string {
  if (format === 'xml') return writeXml(node);
  return format === 'pretty' ? formatPretty(node) : formatText(node);
}
