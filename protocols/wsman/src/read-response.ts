import type { DeliveryEndpoint } from './delivery-endpoint.ts';
import { parseDuration } from './duration.ts';
import { readEndpointReference } from './endpoint-reference.ts';
import { ns } from './namespaces.ts';
import { UnreadableAnswer, type WsmanAnswer } from './read-answer.ts';
import { readDeliveryEndpoint } from './read-subscription.ts';
import type { EnumerationMode } from './request.ts';
import type { EndpointReference } from './resource-reference.ts';
import type { Identity } from './response.ts';
import type { XmlElement } from './xml-element.ts';
import { child, childrenOf, elementsOf, trimmedText } from './xml-node.ts';

function bodyNamed(answer: WsmanAnswer, namespace: string, name: string): XmlElement {
  const found = answer.body.find((one) => one.ns === namespace && one.name === name);
  if (!found) throw new UnreadableAnswer(`the answer holds no ${name}`);
  return found;
}

const textIn = (parent: XmlElement, namespace: string, name: string): string | null => {
  const one = child(parent, namespace, name);
  return one ? trimmedText(one) : null;
};

/** Reads IdentifyResponse. */
export function readIdentity(answer: WsmanAnswer): Identity & { readonly protocolVersion: string } {
  const node = bodyNamed(answer, ns.identity, 'IdentifyResponse');
  const profiles = child(node, ns.identity, 'SecurityProfiles');
  return {
    protocolVersion: textIn(node, ns.identity, 'ProtocolVersion') ?? '',
    productVendor: textIn(node, ns.identity, 'ProductVendor') ?? '',
    productVersion: textIn(node, ns.identity, 'ProductVersion') ?? '',
    securityProfiles: profiles ? childrenOf(profiles, ns.identity, 'SecurityProfileName').map(trimmedText) : [],
  };
}

/** The one element of an answer's body, e.g. of Get; null for an empty body. */
export const readResource = (answer: WsmanAnswer): XmlElement | null => answer.body[0] ?? null;

/** Content of `wsman:XmlFragment`. */
export function readFragment(answer: WsmanAnswer): readonly (XmlElement | string)[] {
  return bodyNamed(answer, ns.wsman, 'XmlFragment').children;
}

/** Where the new resource is. */
export function readCreated(answer: WsmanAnswer): EndpointReference {
  return readEndpointReference(bodyNamed(answer, ns.transfer, 'ResourceCreated'));
}

/** One item as the client asked for it: `item` is null in mode `epr`, `reference` in mode `object`. */
export interface ReadItem {
  readonly item: XmlElement | null;
  readonly reference: EndpointReference | null;
}

/** What Enumerate or Pull brought. `context` is null when the enumeration is over. */
export interface ReadItems {
  readonly context: string | null;
  readonly items: readonly ReadItem[];
}

function readItem(node: XmlElement, mode: EnumerationMode): ReadItem {
  if (mode === 'epr') return { item: null, reference: readEndpointReference(node) };
  if (mode === 'object') return { item: node, reference: null };
  const reference = child(node, ns.addressing, 'EndpointReference');
  const item = elementsOf(node).find((one) => one !== reference);
  if (!reference || !item) throw new UnreadableAnswer('an item holds not both of object and reference');
  return { item, reference: readEndpointReference(reference) };
}

/** Reads EnumerateResponse and PullResponse, of both forms of items (DSP0226 §8.2, §8.4). */
export function readItems(answer: WsmanAnswer, mode: EnumerationMode): ReadItems {
  const [node] = answer.body;
  if (node?.ns !== ns.enumeration || (node.name !== 'EnumerateResponse' && node.name !== 'PullResponse'))
    throw new UnreadableAnswer('the answer is none of WS-Enumeration');
  const items = child(node, ns.wsman, 'Items') ?? child(node, ns.enumeration, 'Items');
  const end = child(node, ns.wsman, 'EndOfSequence') ?? child(node, ns.enumeration, 'EndOfSequence');
  const context = textIn(node, ns.enumeration, 'EnumerationContext');
  return {
    context: end || !context ? null : context,
    items: items ? elementsOf(items).map((one) => readItem(one, mode)) : [],
  };
}

/** What Subscribe gave. */
export interface ReadSubscription {
  readonly manager: DeliveryEndpoint;
  /** `wse:Identifier` among the manager's parameters; '' when it names the subscription otherwise. */
  readonly identifier: string;
  /** Milliseconds, when the service said so as a duration. */
  readonly expires: number | null;
  /** Mode `pull`. */
  readonly context: string | null;
}

/** Reads SubscribeResponse. */
export function readSubscribed(answer: WsmanAnswer): ReadSubscription {
  const node = bodyNamed(answer, ns.eventing, 'SubscribeResponse');
  const manager = child(node, ns.eventing, 'SubscriptionManager');
  if (!manager) throw new UnreadableAnswer('the answer names no subscription manager');
  const endpoint = readDeliveryEndpoint(manager);
  const identifier = endpoint.parameters.find((one) => one.ns === ns.eventing && one.name === 'Identifier');
  return {
    manager: endpoint,
    identifier: identifier ? trimmedText(identifier) : '',
    expires: readExpiresIn(node, ns.eventing),
    context: textIn(node, ns.enumeration, 'EnumerationContext'),
  };
}

const readExpiresIn = (node: XmlElement, namespace: string): number | null => {
  const text = textIn(node, namespace, 'Expires');
  return text === null ? null : parseDuration(text);
};

/** Milliseconds that RenewResponse or GetStatusResponse grants, of an enumeration or a subscription. */
export function readGranted(answer: WsmanAnswer): number | null {
  const [node] = answer.body;
  return node ? (readExpiresIn(node, ns.eventing) ?? readExpiresIn(node, ns.enumeration)) : null;
}
