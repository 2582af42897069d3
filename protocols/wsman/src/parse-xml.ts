import { decodeText } from './decode-text.ts';
import { ns } from './namespaces.ts';
import type { XmlAttribute, XmlElement } from './xml-element.ts';
import { XmlError } from './xml-error.ts';
import { type XmlLimits, xmlLimits } from './xml-limits.ts';
import { endOfName } from './xml-names.ts';
import { checkCharacters, resolveReferences } from './xml-text.ts';

/** Declared prefixes; '' is the default namespace. */
type Scope = ReadonlyMap<string, string>;

interface OpenElement {
  readonly ns: string;
  readonly name: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: (OpenElement | string)[];
}

/** An attribute as it stands in the tag. */
interface RawAttribute {
  readonly prefix: string;
  readonly name: string;
  readonly value: string;
}

const noAttributes: readonly XmlAttribute[] = [];
const outermost: Scope = new Map([
  ['', ''],
  ['xml', ns.xml],
]);
const declaration =
  /<\?xml[ \t\n]+version[ \t\n]*=[ \t\n]*(?:"1\.[0-9]+"|'1\.[0-9]+')(?:[ \t\n]+encoding[ \t\n]*=[ \t\n]*(?:"[A-Za-z][\w.-]*"|'[A-Za-z][\w.-]*'))?(?:[ \t\n]+standalone[ \t\n]*=[ \t\n]*(?:"yes"|"no"|'yes'|'no'))?[ \t\n]*\?>/y;

const malformed = (what: string): never => {
  throw new XmlError('malformed', what);
};

/** One pass over one document. A class because the position and the open elements change together. */
class Reader {
  readonly #text: string;
  readonly #limits: XmlLimits;
  #at = 0;
  #nodes = 0;
  readonly #open: OpenElement[] = [];
  readonly #tags: string[] = [];
  readonly #scopes: Scope[] = [outermost];
  #root: OpenElement | null = null;

  constructor(text: string, limits: XmlLimits) {
    this.#text = text;
    this.#limits = limits;
  }

  read(): XmlElement {
    const text = this.#text;
    declaration.lastIndex = 0;
    if (declaration.test(text)) this.#at = declaration.lastIndex;
    for (;;) {
      const next = text.indexOf('<', this.#at);
      if (next !== this.#at) this.#addText(text.slice(this.#at, next < 0 ? text.length : next));
      if (next < 0) break;
      this.#at = next;
      const code = text.charCodeAt(next + 1);
      if (code === 0x2f) this.#closeTag();
      else if (code === 0x21) this.#markup();
      else if (code === 0x3f) throw new XmlError('forbidden', 'a processing instruction is not allowed');
      else this.#openTag();
    }
    if (this.#open.length > 0) malformed('an element is not closed');
    return this.#root ?? malformed('there is no element');
  }

  #count(): void {
    this.#nodes += 1;
    if (this.#nodes > this.#limits.nodes) throw new XmlError('limit', `more than ${this.#limits.nodes} nodes`);
  }

  #append(piece: string): void {
    const siblings = this.#open[this.#open.length - 1]!.children;
    const last = siblings.length - 1;
    const before = siblings[last];
    if (typeof before === 'string') siblings[last] = before + piece;
    else {
      this.#count();
      siblings.push(piece);
    }
  }

  #addText(piece: string): void {
    if (this.#open.length === 0) {
      if (/[^ \t\n]/.test(piece)) malformed('there is text outside of the element');
      return;
    }
    if (piece.includes(']]>')) malformed('"]]>" stands in text');
    this.#append(resolveReferences(piece));
  }

  #markup(): void {
    const text = this.#text;
    if (text.startsWith('<!--', this.#at)) {
      const end = text.indexOf('--', this.#at + 4);
      if (end < 0 || text.charCodeAt(end + 2) !== 0x3e) malformed('a comment is not well formed');
      this.#at = end + 3;
      return;
    }
    if (!text.startsWith('<![CDATA[', this.#at)) throw new XmlError('forbidden', 'a document type is not allowed');
    const end = text.indexOf(']]>', this.#at);
    if (end < 0 || this.#open.length === 0) malformed('a CDATA section is not well formed');
    if (end > this.#at + 9) this.#append(text.slice(this.#at + 9, end));
    this.#at = end + 3;
  }

  #skipSpace(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x09) return;
      this.#at += 1;
    }
  }

  #expect(code: number): void {
    if (this.#text.charCodeAt(this.#at) !== code) malformed('a tag is not well formed');
    this.#at += 1;
  }

  #name(): string {
    const from = this.#at;
    const end = endOfName(this.#text, from);
    if (end === from) malformed('a name is not well formed');
    this.#at = end;
    return this.#text.slice(from, end);
  }

  #closeTag(): void {
    const tag = this.#tags.pop() ?? malformed('an end tag has no start');
    if (!this.#text.startsWith(tag, this.#at + 2)) malformed('an end tag does not match its start');
    this.#at += 2 + tag.length;
    this.#skipSpace();
    this.#expect(0x3e);
    this.#open.pop();
    this.#scopes.pop();
  }

  #openTag(): void {
    if (this.#open.length >= this.#limits.depth)
      throw new XmlError('limit', `elements lie deeper than ${this.#limits.depth}`);
    const from = ++this.#at;
    let prefix = '';
    let name = this.#name();
    if (this.#text.charCodeAt(this.#at) === 0x3a) {
      this.#at += 1;
      prefix = name;
      name = this.#name();
    }
    const tag = this.#text.slice(from, this.#at);
    const raw = this.#attributes();
    const scope = raw === null ? this.#scopes[this.#scopes.length - 1]! : this.#declare(raw);
    const uri = prefix === 'xmlns' ? undefined : scope.get(prefix);
    if (uri === undefined) malformed('a prefix is not declared');
    const attributes = raw === null ? noAttributes : this.#resolve(raw, scope);
    const element: OpenElement = { ns: uri!, name, attributes, children: [] };
    this.#count();
    const parent = this.#open[this.#open.length - 1];
    if (parent) parent.children.push(element);
    else if (this.#root) malformed('there is more than one element');
    else this.#root = element;
    if (this.#text.charCodeAt(this.#at) === 0x2f) {
      this.#at += 1;
      this.#expect(0x3e);
      return;
    }
    this.#expect(0x3e);
    this.#open.push(element);
    this.#tags.push(tag);
    this.#scopes.push(scope);
  }

  #attributes(): RawAttribute[] | null {
    let found: RawAttribute[] | null = null;
    for (;;) {
      const before = this.#at;
      this.#skipSpace();
      const code = this.#text.charCodeAt(this.#at);
      if (code === 0x3e || code === 0x2f) return found;
      if (before === this.#at) malformed('a tag is not well formed');
      found ??= [];
      if (found.length >= this.#limits.attributes)
        throw new XmlError('limit', `an element has more than ${this.#limits.attributes} attributes`);
      found.push(this.#attribute());
    }
  }

  #attribute(): RawAttribute {
    let prefix = '';
    let name = this.#name();
    if (this.#text.charCodeAt(this.#at) === 0x3a) {
      this.#at += 1;
      prefix = name;
      name = this.#name();
    }
    this.#skipSpace();
    this.#expect(0x3d);
    this.#skipSpace();
    const quote = this.#text[this.#at];
    if (quote !== '"' && quote !== "'") malformed('an attribute has no quotes');
    const end = this.#text.indexOf(quote!, this.#at + 1);
    if (end < 0) malformed('an attribute is not closed');
    const value = this.#text.slice(this.#at + 1, end);
    if (value.includes('<')) malformed('"<" stands in an attribute');
    this.#at = end + 1;
    return { prefix, name, value: resolveReferences(/[\n\t]/.test(value) ? value.replace(/[\n\t]/g, ' ') : value) };
  }

  /** The scope within a tag: what its declarations add to what is around it. */
  #declare(raw: readonly RawAttribute[]): Scope {
    const around = this.#scopes[this.#scopes.length - 1]!;
    let scope: Map<string, string> | null = null;
    let seen: Set<string> | null = null;
    for (const { prefix, name, value } of raw) {
      if (prefix !== 'xmlns' && (prefix !== '' || name !== 'xmlns')) continue;
      const key = prefix === '' ? '' : name;
      const uri = value.trim();
      if (key === 'xmlns' || uri === ns.xmlns || (key === 'xml') !== (uri === ns.xml) || (key !== '' && uri === ''))
        malformed('a namespace declaration is not allowed');
      seen ??= new Set();
      if (seen.has(key)) malformed('an attribute stands twice');
      seen.add(key);
      scope ??= new Map(around);
      scope.set(key, uri);
    }
    return scope ?? around;
  }

  #resolve(raw: readonly RawAttribute[], scope: Scope): readonly XmlAttribute[] {
    let found: XmlAttribute[] | null = null;
    for (const { prefix, name, value } of raw) {
      if (prefix === 'xmlns' || (prefix === '' && name === 'xmlns')) continue;
      const uri = prefix === '' ? '' : scope.get(prefix);
      if (uri === undefined) malformed('a prefix is not declared');
      found ??= [];
      for (const other of found) if (other.name === name && other.ns === uri) malformed('an attribute stands twice');
      found.push({ ns: uri!, name, value });
    }
    return found ?? noAttributes;
  }
}

/**
 * Reads XML 1.0 with namespaces, strictly: no document type, no processing instruction, no undeclared prefix or entity, nothing besides the one
 * element. Comments are dropped, CDATA is text; adjoining text is one string. Throws `XmlError`. Takes time and memory linear in the input.
 */
export function parseXml(source: Uint8Array | string, limits: XmlLimits = xmlLimits): XmlElement {
  if (source.length > limits.bytes) throw new XmlError('size', `more than ${limits.bytes} bytes`);
  const decoded = typeof source === 'string' ? source : decodeText(source).text;
  checkCharacters(decoded);
  return new Reader(decoded.includes('\r') ? decoded.replace(/\r\n?/g, '\n') : decoded, limits).read();
}
