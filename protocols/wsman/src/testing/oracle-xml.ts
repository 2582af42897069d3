import { SaxesParser } from 'saxes';
import type { XmlElement } from '../xml-element.ts';

interface OpenElement {
  readonly ns: string;
  readonly name: string;
  readonly attributes: XmlElement['attributes'];
  readonly children: (OpenElement | string)[];
}

/** The tree of a document as another parser (saxes) sees it, null when that one refuses it. For tests of our own. */
export function oracleXml(text: string): XmlElement | null {
  // saxes passes lone surrogates on.
  if (!text.isWellFormed()) return null;
  const parser = new SaxesParser({ xmlns: true, position: false });
  const open: OpenElement[] = [];
  let root: OpenElement | null = null;
  let refused = false;
  const add = (piece: string) => {
    const children = open.at(-1)?.children;
    if (!children || piece === '') return;
    const last = children.at(-1);
    if (typeof last === 'string') children[children.length - 1] = last + piece;
    else children.push(piece);
  };
  const refuse = () => {
    refused = true;
  };
  parser.on('error', refuse);
  parser.on('doctype', refuse);
  parser.on('processinginstruction', refuse);
  parser.on('text', add);
  parser.on('cdata', add);
  parser.on('opentag', (tag) => {
    const attributes = Object.entries(tag.attributes)
      .filter(([key, one]) => one.prefix !== 'xmlns' && key !== 'xmlns')
      .map(([, one]) => ({ ns: one.uri, name: one.local, value: one.value }));
    const element: OpenElement = { ns: tag.uri, name: tag.local, attributes, children: [] };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  parser.on('closetag', () => {
    open.pop();
  });
  try {
    parser.write(text).close();
  } catch {
    return null;
  }
  return refused ? null : root;
}
