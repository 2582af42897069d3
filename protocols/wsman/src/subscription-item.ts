import { ns } from './namespaces.ts';
import type { OutgoingHeaders } from './outgoing-headers.ts';
import { UnreadableAnswer } from './read-answer.ts';
import { headerLimits, readHeaders } from './read-headers.ts';
import { readSubscription } from './read-subscription.ts';
import type { SubscribeOperation } from './request.ts';
import type { RequestHeaders } from './request-headers.ts';
import { simple } from './write-envelope.ts';
import { writeRequest } from './write-request.ts';
import type { RawXml, XmlElement } from './xml-element.ts';
import { child, elementsOf, trimmedText } from './xml-node.ts';

/** Resource that a source asks for its subscriptions (MS-WSMV 3.1.4.1.30). */
export const subscriptionManagerUri = 'http://schemas.microsoft.com/wbem/wsman/1/SubscriptionManager/Subscription';

/** What a collector tells a source that asked: an item of Enumerate with a Subscribe request in it. */
export interface SubscriptionItem {
  /** `uuid:` and a GUID: changes when the subscription does. */
  readonly version: string;
  readonly headers: RequestHeaders;
  readonly subscribe: SubscribeOperation;
}

/** One subscription as an item of the collector's answer. */
export function writeSubscriptionItem(
  version: string,
  subscribe: SubscribeOperation,
  headers: OutgoingHeaders,
): RawXml {
  return {
    raw: `<m:Subscription xmlns:m="${ns.subscription}">${simple('m:Version', version)}${writeRequest(subscribe, headers)}</m:Subscription>`,
  };
}

/** Reads an item of the collector's answer. Throws `UnreadableAnswer`, or the fault that the Subscribe within deserves. */
export function readSubscriptionItem(item: XmlElement): SubscriptionItem {
  const version = child(item, ns.subscription, 'Version');
  const envelope = child(item, ns.soap, 'Envelope');
  const body = envelope && child(envelope, ns.soap, 'Body');
  if (item.ns !== ns.subscription || !version || !envelope || !body)
    throw new UnreadableAnswer('the item is no subscription');
  const headers = readHeaders(child(envelope, ns.soap, 'Header'), 'utf-8', headerLimits);
  const subscribe = readSubscription(headers, elementsOf(body)[0] ?? null);
  if (subscribe?.kind !== 'subscribe') throw new UnreadableAnswer('the item holds no Subscribe');
  return { version: trimmedText(version), headers, subscribe };
}
