import { actions, deliveryModes, earliestBookmark } from './actions.ts';
import type { DeliveryEndpoint } from './delivery-endpoint.ts';
import { parseDuration } from './duration.ts';
import { fault } from './fault-table.ts';
import { anonymous, ns } from './namespaces.ts';
import { readFilter } from './read-enumeration.ts';
import { readBoolean } from './read-headers.ts';
import { readDuration, readExpires, readPositive } from './read-number.ts';
import type { DeliveryMode, SubscribeOperation, SubscriptionOperation } from './request.ts';
import type { RequestHeaders } from './request-headers.ts';
import type { XmlElement } from './xml-element.ts';
import { attribute, child, elementsOf, textOf, trimmedText } from './xml-node.ts';

/** Reads where messages shall go: `NotifyTo`, `EndTo`. Both kinds of reference parameters are kept, for each message carries them. */
export function readDeliveryEndpoint(node: XmlElement): DeliveryEndpoint {
  const address = child(node, ns.addressing, 'Address');
  const parameters = ['ReferenceProperties', 'ReferenceParameters'].flatMap((name) => {
    const holder = child(node, ns.addressing, name);
    return holder ? elementsOf(holder) : [];
  });
  return { address: address ? trimmedText(address) : '', parameters };
}

/** An address that events can be sent to. */
const usable = (address: string): boolean =>
  address.length <= 2048 && URL.canParse(address) && /^https?:/i.test(address);

function notifyTo(delivery: XmlElement, mode: DeliveryMode): DeliveryEndpoint | null {
  if (mode === 'pull') return null;
  const node = child(delivery, ns.eventing, 'NotifyTo');
  if (!node) throw fault('eventingMissingNotifyTo');
  const endpoint = readDeliveryEndpoint(node);
  if (endpoint.address === '') throw fault('eventingMissingNotifyToAddress');
  if (endpoint.address === anonymous || !usable(endpoint.address)) throw fault('eventingInvalidNotifyToAddress');
  return endpoint;
}

function endTo(node: XmlElement): DeliveryEndpoint | null {
  const found = child(node, ns.eventing, 'EndTo');
  if (!found) return null;
  const endpoint = readDeliveryEndpoint(found);
  if (!usable(endpoint.address)) throw fault('eventingInvalidEndToAddress');
  return endpoint;
}

function modeOf(delivery: XmlElement | null): DeliveryMode {
  const uri = (delivery && attribute(delivery, '', 'Mode')) ?? deliveryModes.push;
  const found = (Object.keys(deliveryModes) as DeliveryMode[]).find((one) => deliveryModes[one] === uri.trim());
  if (!found) throw fault('eventingDeliveryModeRequestedUnavailable');
  return found;
}

function connectionRetry(delivery: XmlElement): SubscribeOperation['connectionRetry'] {
  const node = child(delivery, ns.wsman, 'ConnectionRetry');
  if (!node) return null;
  const interval = parseDuration(textOf(node));
  const total = attribute(node, '', 'Total') ?? '1';
  if (interval === null || interval < 0 || !/^\d{1,9}$/.test(total))
    throw fault('eventingInvalidMessage', { reason: 'ConnectionRetry is not valid' });
  return { count: Number(total), interval };
}

function contentEncoding(delivery: XmlElement): 'utf-8' | 'utf-16' {
  const node = child(delivery, ns.wsman, 'ContentEncoding');
  const wanted = node ? trimmedText(node).toLowerCase() : 'utf-8';
  if (wanted !== 'utf-8' && wanted !== 'utf-16') throw fault('characterSet');
  return wanted;
}

function bookmark(node: XmlElement): XmlElement | 'earliest' | null {
  const found = child(node, ns.wsman, 'Bookmark');
  if (!found) return null;
  const [list] = elementsOf(found);
  if (list) return list;
  if (trimmedText(found) === earliestBookmark) return 'earliest';
  throw fault('invalidBookmark');
}

function oversized(delivery: XmlElement): Pick<SubscribeOperation, 'oversized'> {
  const node = child(delivery, ns.wsman, 'MaxEnvelopeSize');
  const policy = (node && attribute(node, '', 'Policy')) ?? 'Notify';
  if (policy === 'Notify') return {};
  if (policy === 'CancelSubscription') return { oversized: 'cancel' };
  if (policy === 'Skip') return { oversized: 'skip' };
  throw fault('eventingInvalidMessage', { reason: 'the policy of MaxEnvelopeSize is unknown' });
}

function heartbeats(delivery: XmlElement): number | null {
  const node = child(delivery, ns.wsman, 'Heartbeats');
  if (!node) return null;
  const milliseconds = parseDuration(textOf(node));
  if (milliseconds === null || milliseconds <= 0) throw fault('eventingInvalidHeartbeat');
  return milliseconds;
}

function option(headers: RequestHeaders, name: string): string | null {
  return headers.options.find((one) => one.name.toLowerCase() === name.toLowerCase())?.value ?? null;
}

function readSubscribe(headers: RequestHeaders, node: XmlElement): SubscribeOperation {
  const delivery = child(node, ns.eventing, 'Delivery');
  const mode = modeOf(delivery);
  if (!delivery) throw fault('eventingMissingNotifyTo');
  const locale = child(delivery, ns.wsman, 'Locale');
  const ignore = option(headers, 'IgnoreChannelError');
  return {
    kind: 'subscribe',
    mode,
    notifyTo: notifyTo(delivery, mode),
    endTo: endTo(node),
    expires: readExpires(child(node, ns.eventing, 'Expires'), 'subscription'),
    filter: readFilter(node, ns.eventing),
    heartbeats: heartbeats(delivery),
    connectionRetry: connectionRetry(delivery),
    maxElements: readPositive(child(delivery, ns.wsman, 'MaxElements')),
    maxTime: readDuration(child(delivery, ns.wsman, 'MaxTime')),
    maxEnvelopeSize: readPositive(child(delivery, ns.wsman, 'MaxEnvelopeSize')),
    ...oversized(delivery),
    contentEncoding: contentEncoding(delivery),
    locale: locale ? attribute(locale, ns.xml, 'lang') : null,
    contentFormat: option(headers, 'ContentFormat'),
    sendBookmarks: child(node, ns.wsman, 'SendBookmarks') !== null,
    bookmark: bookmark(node),
    ignoreChannelError: ignore !== null && readBoolean(ignore) !== false,
  };
}

/** Reads the operations of WS-Eventing as DSP0226 §10 has them; null for other actions. */
export function readSubscription(headers: RequestHeaders, content: XmlElement | null): SubscriptionOperation | null {
  const identifier = (): string => {
    if (!headers.identifier) throw fault('eventingInvalidMessage', { reason: 'the header Identifier is missing' });
    return headers.identifier;
  };
  switch (headers.action) {
    case actions.subscribe:
      if (content?.ns !== ns.eventing || content.name !== 'Subscribe') throw fault('eventingInvalidMessage');
      return readSubscribe(headers, content);
    case actions.renew: {
      const expires = content && readExpires(child(content, ns.eventing, 'Expires'), 'subscription');
      return { kind: 'renew', identifier: identifier(), expires };
    }
    case actions.subscriptionStatus:
      return { kind: 'subscription-status', identifier: identifier() };
    case actions.unsubscribe:
      return { kind: 'unsubscribe', identifier: identifier() };
    default:
      return null;
  }
}
