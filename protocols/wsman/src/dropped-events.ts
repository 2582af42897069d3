import { actions } from './actions.ts';
import { ns } from './namespaces.ts';
import type { XmlElement } from './xml-element.ts';
import { element, trimmedText } from './xml-node.ts';

/** `wsman:DroppedEvents`: says among events, or as a message of its own, how many are lacking (DSP0226 §10.8). */
export const droppedEvents = (count: number): XmlElement =>
  element(ns.wsman, 'DroppedEvents', { Action: actions.droppedEvents }, String(count));

/** How many events are lacking, 0 when the source does not say; null for an element that is another one. */
export function readDroppedEvents(node: XmlElement | null): number | null {
  if (node?.ns !== ns.wsman || node.name !== 'DroppedEvents') return null;
  const text = trimmedText(node);
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}
