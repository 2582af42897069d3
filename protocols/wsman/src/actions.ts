import { ns } from './namespaces.ts';

const wsman = 'http://schemas.dmtf.org/wbem/wsman/1/wsman';

/** Action URIs of requests and one-way messages; the answer's is the same with `Response` behind it, unless {@link responseAction} knows better. */
export const actions = {
  identify: `${ns.identity.replace('/wsmanidentity.xsd', '')}/Identify`,
  get: `${ns.transfer}/Get`,
  put: `${ns.transfer}/Put`,
  create: `${ns.transfer}/Create`,
  delete: `${ns.transfer}/Delete`,
  enumerate: `${ns.enumeration}/Enumerate`,
  pull: `${ns.enumeration}/Pull`,
  release: `${ns.enumeration}/Release`,
  renewEnumeration: `${ns.enumeration}/Renew`,
  enumerationStatus: `${ns.enumeration}/GetStatus`,
  enumerationEnd: `${ns.enumeration}/EnumerationEnd`,
  subscribe: `${ns.eventing}/Subscribe`,
  renew: `${ns.eventing}/Renew`,
  subscriptionStatus: `${ns.eventing}/GetStatus`,
  unsubscribe: `${ns.eventing}/Unsubscribe`,
  subscriptionEnd: `${ns.eventing}/SubscriptionEnd`,
  ack: `${wsman}/Ack`,
  events: `${wsman}/Events`,
  event: `${wsman}/Event`,
  heartbeat: `${wsman}/Heartbeat`,
  droppedEvents: `${wsman}/DroppedEvents`,
  /** Windows: a source says that it leaves its subscription. */
  end: 'http://schemas.microsoft.com/wbem/wsman/1/wsman/End',
  command: `${ns.shell}/Command`,
  send: `${ns.shell}/Send`,
  receive: `${ns.shell}/Receive`,
  signal: `${ns.shell}/Signal`,
  disconnect: `${ns.shell}/Disconnect`,
  reconnect: `${ns.shell}/Reconnect`,
  connect: `${ns.shell}/Connect`,
} as const;

/** Action URIs of faults, by the prefix of the fault's subcode. */
export const faultActions: Readonly<Record<string, string>> = {
  wsa: `${ns.addressing}/fault`,
  wsman: `${wsman}/fault`,
  wsmb: `${wsman}/fault`,
  wsen: `${ns.enumeration}/fault`,
  wse: `${ns.eventing}/fault`,
  wxf: `${ns.transfer}/fault`,
};

/** What `faultDetail` URIs begin with. */
export const faultDetailBase = `${wsman}/faultDetail/`;

/** Delivery modes of subscriptions (DSP0226 §10.2.9, WS-Eventing §2.2). */
export const deliveryModes = {
  push: `${ns.eventing}/DeliveryModes/Push`,
  'push-with-ack': `${wsman}/PushWithAck`,
  events: `${wsman}/Events`,
  pull: `${wsman}/Pull`,
} as const;

/** Filter dialects. */
export const dialects = {
  xpath: 'http://www.w3.org/TR/1999/REC-xpath-19991116',
  xpathLevel1: 'http://schemas.dmtf.org/wbem/wsman/1/xpath/level1',
  selector: `${wsman}/SelectorFilter`,
  wql: 'http://schemas.microsoft.com/wbem/wsman/1/WQL',
  cql: 'http://schemas.dmtf.org/wbem/cql/1/dsp0202.pdf',
  association: 'http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter',
  eventQuery: 'http://schemas.microsoft.com/win/2004/08/events/eventquery',
} as const;

/** The bookmark that stands for the oldest event there is. */
export const earliestBookmark = `${wsman}/bookmark/earliest`;

/** The action of the answer to `action`. */
export function responseAction(action: string): string {
  return action === actions.events || action === actions.event ? actions.ack : `${action}Response`;
}
