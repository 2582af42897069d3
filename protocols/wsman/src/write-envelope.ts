import type { TextEncoding } from './decode-text.ts';
import { ns, prefixes } from './namespaces.ts';
import { escapeXml, type NamespaceScope, writeXml } from './write-xml.ts';
import type { XmlContent } from './xml-element.ts';

/** Namespaces that every envelope of ours declares. */
const declared = [ns.soap, ns.addressing, ns.wsman, ns.microsoft] as const;

const declare = (uris: readonly string[]): string => uris.map((uri) => ` xmlns:${prefixes[uri]}="${uri}"`).join('');

/** Prefixes that may be used inside of {@link openEnvelope}'s envelope when `more` are declared besides. */
function scopeOf(more: readonly string[]): NamespaceScope {
  return new Map([[ns.xml, 'xml'], ...[...declared, ...more].map((uri) => [uri, prefixes[uri]!] as const)]);
}

/** One kind of envelope: its start with all declarations, and the scope that elements within it are written in. */
export interface EnvelopeFrame {
  readonly start: string;
  readonly scope: NamespaceScope;
}

/** Envelopes whose bodies use these namespaces besides SOAP, addressing and WS-Management. Made once, used for each message. */
export function envelopeFrame(...more: readonly string[]): EnvelopeFrame {
  return {
    start: `<s:Envelope xml:lang="en-US"${declare([...declared, ...more])}><s:Header>`,
    scope: scopeOf(more),
  };
}

/** The whole message from its parts, which are XML already. */
export const joinEnvelope = (frame: EnvelopeFrame, header: string, body: string): string =>
  `${frame.start}${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;

/** `<a:Name>text</a:Name>` */
export const simple = (tag: string, text: string): string => `<${tag}>${escapeXml(text)}</${tag}>`;

/** Content within an envelope. */
export const inFrame = (frame: EnvelopeFrame, content: XmlContent): string => writeXml(content, frame.scope);

/** What stands before a message in each encoding. */
export const xmlDeclaration = (encoding: TextEncoding): string =>
  `<?xml version="1.0" encoding="${encoding.toUpperCase()}"?>`;
