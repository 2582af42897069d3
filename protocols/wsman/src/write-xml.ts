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

/** Text that may stand between tags or in a quoted attribute. Characters that XML 1.0 cannot carry become U+FFFD. */
export function escapeXml(text: string): string {
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

function writeElement(node: XmlElement, scope: NamespaceScope, out: string[]): void {
  let inner = scope;
  let declarations = '';
  const prefixOf = (uri: string): string => {
    const known = inner.get(uri);
    if (known !== undefined) return known;
    const prefix = freePrefix(uri, inner);
    inner = new Map(inner).set(uri, prefix);
    declarations += ` xmlns:${prefix}="${attributeText(uri)}"`;
    return prefix;
  };
  const own = node.ns === '' ? '' : `${prefixOf(node.ns)}:`;
  let attributes = '';
  for (const one of node.attributes)
    attributes += ` ${one.ns === '' ? '' : `${prefixOf(one.ns)}:`}${one.name}="${attributeValue(one, own)}"`;
  const tag = own + node.name;
  if (node.children.length === 0) {
    out.push(`<${tag}${declarations}${attributes}/>`);
    return;
  }
  out.push(`<${tag}${declarations}${attributes}>`);
  for (const one of node.children)
    if (typeof one === 'string') out.push(escapeXml(one));
    else writeElement(one, inner, out);
  out.push(`</${tag}>`);
}

/** `xsi:type` names the CIM type of the element, which lies in the element's own namespace: it follows the prefix that we chose. */
function attributeValue(one: XmlAttribute, own: string): string {
  if (one.ns === ns.xsi && one.name === 'type' && one.value.endsWith('_Type'))
    return attributeText(own + one.value.slice(one.value.indexOf(':') + 1));
  return attributeText(one.value);
}

/** XML of an element without declaration. `scope` holds the prefixes that are declared where it will stand; raw XML passes as it is. */
export function writeXml(content: XmlContent, scope: NamespaceScope = emptyScope): string {
  if ('raw' in content) return content.raw;
  const out: string[] = [];
  writeElement(content, scope, out);
  return out.join('');
}
