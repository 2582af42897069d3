import { ns } from './namespaces.ts';
import { parseXml } from './parse-xml.ts';
import { readFault } from './read-fault.ts';
import { WsmanFault } from './wsman-fault.ts';
import type { XmlElement } from './xml-element.ts';
import { type XmlLimits, xmlLimits } from './xml-limits.ts';
import { attribute, child, elementsOf, trimmedText } from './xml-node.ts';

/** An answer to a client. */
export interface WsmanAnswer {
  readonly action: string;
  readonly messageId: string;
  readonly relatesTo: string | null;
  /** The server's estimate of all items; null when it has none. */
  readonly total: number | null;
  /** Content of the `wsman:Bookmark` header: where the events of this answer end (DSP0226 §10.2.6); null when there is none. */
  readonly bookmark: XmlElement | null;
  /** Elements of the body; Create of a shell has two. */
  readonly body: readonly XmlElement[];
}

/** An answer that is no answer. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
}

/**
 * Reads the envelope of an answer. Throws `WsmanFault` when it is a fault, and `UnreadableAnswer` when it is no SOAP 1.2 envelope
 * (its `cause` is the `XmlError`).
 */
export function readAnswer(bytes: Uint8Array, limits: XmlLimits = xmlLimits): WsmanAnswer {
  let root: XmlElement;
  try {
    root = parseXml(bytes, limits);
  } catch (cause) {
    throw new UnreadableAnswer('the answer is no XML that can be read', { cause });
  }
  const body = root.ns === ns.soap && root.name === 'Envelope' ? child(root, ns.soap, 'Body') : null;
  if (!body) throw new UnreadableAnswer('the answer is no SOAP 1.2 envelope with a body');
  const header = child(root, ns.soap, 'Header');
  const text = (namespace: string, name: string): string | null => {
    const one = header && child(header, namespace, name);
    return one ? trimmedText(one) : null;
  };
  const content = elementsOf(body);
  const [first] = content;
  if (first?.ns === ns.soap && first.name === 'Fault') throw new WsmanFault(readFault(first));
  const total = header && child(header, ns.wsman, 'TotalItemsCountEstimate');
  const count = total && attribute(total, ns.xsi, 'nil') === null ? Number(trimmedText(total)) : Number.NaN;
  const bookmark = header && child(header, ns.wsman, 'Bookmark');
  return {
    action: text(ns.addressing, 'Action') ?? '',
    messageId: text(ns.addressing, 'MessageID') ?? '',
    relatesTo: text(ns.addressing, 'RelatesTo'),
    total: Number.isSafeInteger(count) ? count : null,
    bookmark: bookmark ? (elementsOf(bookmark)[0] ?? null) : null,
    body: content,
  };
}
