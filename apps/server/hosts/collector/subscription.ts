import { createHash, randomUUID, X509Certificate } from 'node:crypto';
import { sourceHeartbeat } from '@atelier/domain/hosts';
import {
  anonymous,
  certificatePolicy,
  dialects,
  element,
  ns,
  parseXml,
  type RawXml,
  type SubscribeOperation,
  writeSubscriptionItem,
} from '@atelier/wsman';
import { bookmarkOf, type EventPlace, eventQuery } from '../events/event-place.ts';

const eventLog = 'http://schemas.microsoft.com/wbem/wsman/1/windows/EventLog';
const largestEnvelope = 512_000;

/** The 128 bits of a ULID as a GUID, upper case: what stands in a delivery's address. */
export function guidOf(ulid: string): string {
  const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  const value = [...ulid].reduce((sum, one) => sum * 32n + BigInt(alphabet.indexOf(one)), 0n);
  const hex = value.toString(16).toUpperCase().padStart(32, '0');
  return [0, 8, 12, 16, 20].map((from, at) => hex.slice(from, [8, 12, 16, 20, 32][at])).join('-');
}

/** A GUID that is another one whenever what it was made from is. */
function guidFrom(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex').slice(0, 32).toUpperCase();
  return [0, 8, 12, 16, 20].map((from, at) => hex.slice(from, [8, 12, 16, 20, 32][at])).join('-');
}

/** Path that the deliveries of a host go to. */
export const deliveryPath = (hostId: string): string => `/wsman/subscriptions/${guidOf(hostId)}/1`;

/**
 * What a host is asked to deliver (MS-WSMV 3.1.4.1.30): warnings and worse, in batches that are acknowledged, from where the stored ones end. `origin` is this
 * server as the host reaches it, `ca` the authority (PEM) of the certificate that it shows.
 */
export function subscriptionFor(hostId: string, place: EventPlace, origin: string, ca: string): RawXml {
  const terms = { hostId, query: eventQuery({ kind: 'behind', bookmark: '', time: '' }), sourceHeartbeat };
  const version = guidFrom(JSON.stringify(terms));
  const endpoint = {
    address: origin + deliveryPath(hostId),
    parameters: [element(ns.eventing, 'Identifier', null, version)],
  };
  const query = parseXml(eventQuery(place));
  const subscribe: SubscribeOperation = {
    kind: 'subscribe',
    mode: 'events',
    notifyTo: { ...endpoint, policy: certificatePolicy(new X509Certificate(ca).fingerprint) },
    endTo: endpoint,
    expires: null,
    filter: { dialect: dialects.eventQuery, text: '', element: element(ns.wsman, 'Filter', null, query) },
    heartbeats: sourceHeartbeat,
    connectionRetry: { count: 5, interval: 60_000 },
    maxElements: 200,
    maxTime: 2000,
    maxEnvelopeSize: largestEnvelope,
    contentEncoding: 'utf-16',
    locale: 'en-US',
    contentFormat: 'RenderedText',
    sendBookmarks: true,
    bookmark: bookmarkOf(place),
    ignoreChannelError: true,
  };
  return writeSubscriptionItem(`uuid:${version}`, subscribe, {
    to: anonymous,
    messageId: `uuid:${randomUUID().toUpperCase()}`,
    resource: { resourceUri: eventLog, selectors: [] },
    maxEnvelopeSize: largestEnvelope,
    locale: 'en-US',
    dataLocale: 'en-US',
    operationId: `uuid:${randomUUID().toUpperCase()}`,
    sequenceId: 1,
    options: [{ name: 'SubscriptionName', value: 'Atelier', mustComply: false }],
  });
}
