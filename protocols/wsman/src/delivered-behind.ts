import { createHash } from 'node:crypto';
import type { RequestHeaders } from './request-headers.ts';
import type { XmlElement } from './xml-element.ts';
import { element, elementsOf, textOf, trimmedText } from './xml-node.ts';

const namespace = 'urn:atelier:eventing';

/** What a bookmark says, however it was written: prefixes, order of attributes and white space are left out. */
function essence(node: XmlElement): string {
  const attributes = node.attributes.map((one) => JSON.stringify([one.ns, one.name, one.value])).toSorted();
  const inner = elementsOf(node);
  const content = inner.length > 0 ? inner.map(essence) : [textOf(node).trim()];
  return JSON.stringify([node.ns, node.name, attributes, content]);
}

/** A short name of the place that a bookmark stands for; '' for the beginning, which has none. */
export const placeName = (bookmark: XmlElement | 'earliest' | null): string =>
  bookmark === null || bookmark === 'earliest'
    ? ''
    : createHash('sha256').update(essence(bookmark)).digest('base64url');

/**
 * A header of our own for batches of events: the place that the batch begins behind. A collector that knows it takes a batch only where the one before
 * ended, so that none is stored twice, whoever sends again what was under way when one of the two was killed. Others pass over it.
 */
export const deliveredBehind = (place: string): XmlElement => element(namespace, 'Behind', null, place);

/** What {@link deliveredBehind} says in the header of a batch; null when the source does not say it. */
export function readDeliveredBehind(headers: Pick<RequestHeaders, 'others'>): string | null {
  const found = headers.others.find((one) => one.ns === namespace && one.name === 'Behind');
  return found ? trimmedText(found) : null;
}
