import { actions, deliveryModes, earliestBookmark } from './actions.ts';
import type { DeliveryEndpoint } from './delivery-endpoint.ts';
import { droppedEvents } from './dropped-events.ts';
import { formatDuration } from './duration.ts';
import type { EventDelivery } from './event-delivery.ts';
import type { Expiry } from './expiry.ts';
import { ns } from './namespaces.ts';
import type { EnumerateOperation, EnumerationMode, Operation, PullOperation, SubscribeOperation } from './request.ts';
import type { RequestFilter } from './resource-filter.ts';
import type { Option } from './resource-reference.ts';
import { type EnvelopeFrame, inFrame, simple } from './write-envelope.ts';
import { writeShellOperation } from './write-shell-operation.ts';
import { escapeXml } from './write-xml.ts';
import { elementsOf } from './xml-node.ts';

/** Body of a request, and the options that its header carries for it. */
export interface WrittenOperation {
  readonly body: string;
  readonly options: readonly Option[];
}

/** Text of an expiry: a duration or a moment. */
export const expiryText = (expiry: Expiry): string =>
  expiry.kind === 'after' ? formatDuration(expiry.milliseconds) : new Date(expiry.time).toISOString();

const expires = (tag: string, expiry: Expiry | null): string => (expiry ? simple(tag, expiryText(expiry)) : '');
const number = (tag: string, value: number | null): string => (value === null ? '' : simple(tag, String(value)));
const duration = (tag: string, value: number | null): string =>
  value === null ? '' : simple(tag, formatDuration(value));

function filterXml(filter: RequestFilter | null, frame: EnvelopeFrame): string {
  if (!filter) return '';
  const inner = elementsOf(filter.element);
  const content = inner.length === 0 ? escapeXml(filter.text) : inner.map((one) => inFrame(frame, one)).join('');
  return `<w:Filter Dialect="${escapeXml(filter.dialect)}">${content}</w:Filter>`;
}

const modeNames: Readonly<Record<EnumerationMode, string>> = {
  object: '',
  epr: '<w:EnumerationMode>EnumerateEPR</w:EnumerationMode>',
  'object-and-epr': '<w:EnumerationMode>EnumerateObjectAndEPR</w:EnumerationMode>',
};

function enumerateBody(one: EnumerateOperation, frame: EnvelopeFrame): string {
  const optimized = one.optimize ? `<w:OptimizeEnumeration/>${number('w:MaxElements', one.maxElements)}` : '';
  const polymorphism = one.polymorphism ? simple('b:PolymorphismMode', one.polymorphism) : '';
  return `<n:Enumerate>${expires('n:Expires', one.expires)}${optimized}${filterXml(one.filter, frame)}${modeNames[one.mode]}${polymorphism}</n:Enumerate>`;
}

const context = (text: string): string => simple('n:EnumerationContext', text);

const pullBody = (one: PullOperation): string =>
  `<n:Pull>${context(one.context)}${duration('n:MaxTime', one.maxTime)}${number('n:MaxElements', one.maxElements)}${number('n:MaxCharacters', one.maxCharacters)}</n:Pull>`;

function endpoint(tag: string, to: DeliveryEndpoint | null, frame: EnvelopeFrame): string {
  if (!to) return '';
  const parameters = to.parameters.map((one) => inFrame(frame, one)).join('');
  const holder = parameters === '' ? '' : `<a:ReferenceProperties>${parameters}</a:ReferenceProperties>`;
  const policy = to.policy ? inFrame(frame, to.policy) : '';
  return `<${tag}>${simple('a:Address', to.address)}${holder}${policy}</${tag}>`;
}

function bookmarkXml(bookmark: SubscribeOperation['bookmark'], frame: EnvelopeFrame): string {
  if (bookmark === null) return '';
  return `<w:Bookmark>${bookmark === 'earliest' ? earliestBookmark : inFrame(frame, bookmark)}</w:Bookmark>`;
}

const sizePolicies = { cancel: 'CancelSubscription', skip: 'Skip', notify: 'Notify' } as const;

function subscribeBody(one: SubscribeOperation, frame: EnvelopeFrame): string {
  const retry = one.connectionRetry;
  const delivery = [
    duration('w:Heartbeats', one.heartbeats),
    endpoint('e:NotifyTo', one.notifyTo, frame),
    retry ? `<w:ConnectionRetry Total="${retry.count}">${formatDuration(retry.interval)}</w:ConnectionRetry>` : '',
    number('w:MaxElements', one.maxElements),
    duration('w:MaxTime', one.maxTime),
    one.maxEnvelopeSize === null
      ? ''
      : `<w:MaxEnvelopeSize Policy="${sizePolicies[one.oversized ?? 'notify']}">${one.maxEnvelopeSize}</w:MaxEnvelopeSize>`,
    one.locale === null ? '' : `<w:Locale xml:lang="${escapeXml(one.locale)}" s:mustUnderstand="false"/>`,
    one.contentEncoding === 'utf-16' ? '<w:ContentEncoding>UTF-16</w:ContentEncoding>' : '',
  ].join('');
  return `<e:Subscribe>${endpoint('e:EndTo', one.endTo, frame)}<e:Delivery Mode="${deliveryModes[one.mode]}">${delivery}</e:Delivery>${expires('e:Expires', one.expires)}${filterXml(one.filter, frame)}${bookmarkXml(one.bookmark, frame)}${one.sendBookmarks ? '<w:SendBookmarks/>' : ''}</e:Subscribe>`;
}

/** Options that say what Subscribe's body has no place for (MS-WSMV 3.1.4.1.30). */
function subscribeOptions(one: SubscribeOperation): readonly Option[] {
  const all: Option[] = [];
  if (one.contentFormat !== null) all.push({ name: 'ContentFormat', value: one.contentFormat, mustComply: false });
  if (one.ignoreChannelError) all.push({ name: 'IgnoreChannelError', value: '', mustComply: false, nil: true });
  return all;
}

function deliveryBody(delivery: EventDelivery, frame: EnvelopeFrame): string {
  switch (delivery.kind) {
    case 'events': {
      const [first, ...rest] = delivery.events;
      if (first && rest.length === 0 && first.action !== '' && first.action !== actions.event)
        return inFrame(frame, first.content);
      const all = delivery.events.map(
        (one) => `<w:Event Action="${escapeXml(one.action || actions.event)}">${inFrame(frame, one.content)}</w:Event>`,
      );
      return `<w:Events>${all.join('')}</w:Events>`;
    }
    case 'heartbeat':
      return '<w:Events></w:Events>';
    case 'dropped-events':
      return inFrame(frame, droppedEvents(delivery.count));
    case 'subscription-end':
      return `<e:SubscriptionEnd>${simple('e:Status', `${ns.eventing}/${delivery.status}`)}<e:Reason xml:lang="en-US">${escapeXml(delivery.reason)}</e:Reason></e:SubscriptionEnd>`;
    case 'end':
    case 'ack':
      return '';
  }
}

function plainBody(operation: Operation, frame: EnvelopeFrame): string {
  switch (operation.kind) {
    case 'put':
      return inFrame(frame, operation.body);
    case 'create':
      return operation.body ? inFrame(frame, operation.body) : '';
    case 'invoke':
      return operation.input ? inFrame(frame, operation.input) : '';
    case 'enumerate':
      return enumerateBody(operation, frame);
    case 'pull':
      return pullBody(operation);
    case 'release':
      return `<n:Release>${context(operation.context)}</n:Release>`;
    case 'renew-enumeration':
      return `<n:Renew>${context(operation.context)}${expires('n:Expires', operation.expires)}</n:Renew>`;
    case 'enumeration-status':
      return `<n:GetStatus>${context(operation.context)}</n:GetStatus>`;
    case 'subscribe':
      return subscribeBody(operation, frame);
    case 'renew':
      return `<e:Renew>${expires('e:Expires', operation.expires)}</e:Renew>`;
    case 'subscription-status':
      return '<e:GetStatus/>';
    case 'unsubscribe':
      return '<e:Unsubscribe/>';
    case 'events':
    case 'heartbeat':
    case 'dropped-events':
    case 'subscription-end':
      return deliveryBody(operation, frame);
    default:
      return '';
  }
}

/** Body and options of an operation. */
export function writeOperationBody(operation: Operation, frame: EnvelopeFrame): WrittenOperation {
  const shell = writeShellOperation(operation);
  if (shell) return shell;
  return {
    body: plainBody(operation, frame),
    options: operation.kind === 'subscribe' ? subscribeOptions(operation) : [],
  };
}
