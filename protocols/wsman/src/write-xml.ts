import { ns, prefixes } from './namespaces.ts';
import type { XmlAttribute, XmlContent, XmlElement } from './xml-element.ts';

/** What must not stand as it is: markup, carriage returns, and what XML 1.0 cannot say. */
const special = /[&<>"\r]|[^\t\n -\ufffd]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const specials = new RegExp(special.source, 'g');
const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};

/** Up to this length, looking at each character is quicker than the expression. */
const short = 48;

/** Whether nothing in a short text needs a second look. */
function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code >= 0xd800 || code === 0x26 || code === 0x3c || code === 0x3e || code === 0x22) return false;
  }
  return true;
}

/** Text that may stand between tags or in a quoted attribute. Characters that XML 1.0 cannot carry become U+FFFD. */
export function escapeXml(text: string): string {
  if (text.length <= short && isPlain(text)) return text;
  return special.test(text) ? text.replace(specials, (one) => escapes[one] ?? '\ufffd') : text;
}

const attributeText = (text: string) => escapeXml(text).replace(/[\n\t]/g, (one) => (one === '\n' ? '&#10;' : '&#9;'));

/** Namespaces that are declared around what is written: URI → prefix. */
export type NamespaceScope = ReadonlyMap<string, string>;

const emptyScope: NamespaceScope = new Map([[ns.xml, 'xml']]);

/** Prefix for a namespace that the scope lacks: the customary one when it is free, else `p`, `p1`, `p2` … */
function freePrefix(uri: string, taken: NamespaceScope): string {
  const used = new Set(taken.values());
  const wished = prefixes[uri] ?? 'p';
  for (let n = 0, name = wished; ; n++, name = `${wished}${n}`) if (!used.has(name)) return name;
}

function writeElement(node: XmlElement, scope: NamespaceScope): string {
  let inner = scope;
  let declarations = '';
  const declare = (uri: string): string => {
    const prefix = freePrefix(uri, inner);
    inner = new Map(inner).set(uri, prefix);
    declarations += ` xmlns:${prefix}="${attributeText(uri)}"`;
    return prefix;
  };
  const own = node.ns === '' ? '' : `${inner.get(node.ns) ?? declare(node.ns)}:`;
  let attributes = '';
  for (const one of node.attributes) {
    const prefix = one.ns === '' ? '' : `${inner.get(one.ns) ?? declare(one.ns)}:`;
    attributes += ` ${prefix}${one.name}="${attributeValue(one, own)}"`;
  }
  const start = `<${own}${node.name}${declarations}${attributes}`;
  if (node.children.length === 0) return `${start}/>`;
  let content = '';
  for (const one of node.children) content += typeof one === 'string' ? escapeXml(one) : writeElement(one, inner);
  return `${start}>${content}</${own}${node.name}>`;
}

/** `xsi:type` names the CIM type of the element, which lies in the element's own namespace: it follows the prefix that we chose. */
function attributeValue(one: XmlAttribute, own: string): string {
  if (one.ns === ns.xsi && one.name === 'type' && one.value.endsWith('_Type'))
    return attributeText(own + one.value.slice(one.value.indexOf(':') + 1));
  return attributeText(one.value);
}

/** XML of an element without declaration. `scope` holds the prefixes that are declared where it will stand; raw XML passes as it is. */
export function writeXml(content: XmlContent, scope: NamespaceScope = emptyScope): string {
  return 'raw' in content ? content.raw : writeElement(content, scope);
}
