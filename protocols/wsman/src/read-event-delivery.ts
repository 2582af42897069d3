import { actions } from './actions.ts';
import { readDroppedEvents } from './dropped-events.ts';
import type { DeliveredEvent, EventDelivery, SubscriptionEndStatus } from './event-delivery.ts';
import { fault } from './fault-table.ts';
import { ns } from './namespaces.ts';
import { parseXml } from './parse-xml.ts';
import type { RequestHeaders } from './request-headers.ts';
import type { XmlElement } from './xml-element.ts';
import { attribute, child, childrenOf, elementsOf, textOf, trimmedText } from './xml-node.ts';

/** Windows sends each event as text within CDATA when it is asked to, and as an element otherwise. */
function contentOf(node: XmlElement): XmlElement {
  const [inner] = elementsOf(node);
  if (inner) return inner;
  const text = textOf(node).trim();
  if (!text.startsWith('<')) throw fault('eventingInvalidMessage', { reason: 'an event is empty' });
  return parseXml(text);
}

function readBatch(content: XmlElement | null): readonly DeliveredEvent[] {
  if (content?.ns !== ns.wsman || content.name !== 'Events')
    throw fault('eventingInvalidMessage', { reason: 'the body holds no Events' });
  return childrenOf(content, ns.wsman, 'Event').map((one) => ({
    action: attribute(one, '', 'Action') ?? '',
    content: contentOf(one),
  }));
}

const endStates: readonly SubscriptionEndStatus[] = ['SourceShuttingDown', 'SourceCanceling', 'DeliveryFailure'];

function readEnd(content: XmlElement | null): EventDelivery {
  if (content?.ns !== ns.eventing || content.name !== 'SubscriptionEnd') throw fault('eventingInvalidMessage');
  const code = child(content, ns.eventing, 'Status') ?? child(content, ns.eventing, 'Code');
  const uri = code ? trimmedText(code) : '';
  const reason = child(content, ns.eventing, 'Reason');
  const status = endStates.find((one) => uri.endsWith(`/${one}`)) ?? 'SourceCanceling';
  return { kind: 'subscription-end', status, reason: reason ? trimmedText(reason) : '' };
}

/**
 * Reads what a source sends to a sink; null for actions that are none of these. A single event of mode Push has the action that its source chose:
 * it is one when the message names a subscription and no resource.
 */
export function readEventDelivery(headers: RequestHeaders, content: XmlElement | null): EventDelivery | null {
  switch (headers.action) {
    case actions.events:
      return { kind: 'events', events: readBatch(content) };
    case actions.heartbeat:
      return { kind: 'heartbeat' };
    case actions.droppedEvents:
      return { kind: 'dropped-events', count: readDroppedEvents(content) ?? 0 };
    case actions.subscriptionEnd:
      return readEnd(content);
    case actions.end:
      return { kind: 'end' };
    case actions.ack:
      return { kind: 'ack' };
    default:
      if (headers.action !== actions.event && (headers.identifier === null || headers.resource.resourceUri !== ''))
        return null;
      if (!content) throw fault('eventingInvalidMessage', { reason: 'the body is empty' });
      return { kind: 'events', events: [{ action: headers.action, content }] };
  }
}
