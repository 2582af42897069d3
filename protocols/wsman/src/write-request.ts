import { actions } from './actions.ts';
import { formatDuration } from './duration.ts';
import { selectorSet } from './endpoint-reference.ts';
import { anonymous, ns } from './namespaces.ts';
import type { OutgoingHeaders } from './outgoing-headers.ts';
import type { Operation } from './request.ts';
import type { Option } from './resource-reference.ts';
import { type EnvelopeFrame, envelopeFrame, inFrame, joinEnvelope, simple } from './write-envelope.ts';
import { writeOperationBody } from './write-operation.ts';
import { escapeXml } from './write-xml.ts';

const frame = envelopeFrame(ns.transfer, ns.enumeration, ns.eventing, ns.cimBinding, ns.shell);
const identifyFrame: EnvelopeFrame = envelopeFrame(ns.identity);

const actionOf: Readonly<Record<Exclude<Operation['kind'], 'invoke' | 'identify'>, string>> = {
  get: actions.get,
  put: actions.put,
  create: actions.create,
  delete: actions.delete,
  enumerate: actions.enumerate,
  pull: actions.pull,
  release: actions.release,
  'renew-enumeration': actions.renewEnumeration,
  'enumeration-status': actions.enumerationStatus,
  subscribe: actions.subscribe,
  renew: actions.renew,
  'subscription-status': actions.subscriptionStatus,
  unsubscribe: actions.unsubscribe,
  'create-shell': actions.create,
  command: actions.command,
  send: actions.send,
  receive: actions.receive,
  signal: actions.signal,
  disconnect: actions.disconnect,
  reconnect: actions.reconnect,
  connect: actions.connect,
  events: actions.events,
  heartbeat: actions.heartbeat,
  'dropped-events': actions.droppedEvents,
  'subscription-end': actions.subscriptionEnd,
  end: actions.end,
  ack: actions.ack,
};

function actionFor(operation: Operation, headers: OutgoingHeaders): string {
  if (operation.kind === 'identify') return actions.identify;
  if (operation.kind === 'invoke') return `${headers.resource?.resourceUri ?? ''}/${operation.method}`;
  return actionOf[operation.kind];
}

const must = (tag: string, text: string): string => `<${tag} s:mustUnderstand="true">${escapeXml(text)}</${tag}>`;
const may = (tag: string, text: string | undefined): string =>
  text === undefined ? '' : `<${tag} s:mustUnderstand="false">${escapeXml(text)}</${tag}>`;
const language = (tag: string, text: string | undefined): string =>
  text === undefined ? '' : `<${tag} xml:lang="${escapeXml(text)}" s:mustUnderstand="false"/>`;

function optionSet(options: readonly Option[] | undefined): string {
  if (!options || options.length === 0) return '';
  const all = options.map((one) =>
    one.nil
      ? `<w:Option Name="${escapeXml(one.name)}" xsi:nil="true"/>`
      : `<w:Option Name="${escapeXml(one.name)}"${one.mustComply ? ' MustComply="true"' : ''}${one.type === undefined ? '' : ` Type="${escapeXml(one.type)}"`}>${escapeXml(one.value)}</w:Option>`,
  );
  const declared = options.some((one) => one.nil) ? ` xmlns:xsi="${ns.xsi}"` : '';
  return `<w:OptionSet${declared} s:mustUnderstand="true">${all.join('')}</w:OptionSet>`;
}

function bookmarkOf(bookmark: OutgoingHeaders['bookmark']): string {
  if (bookmark === undefined) return '';
  return `<w:Bookmark>${typeof bookmark === 'string' ? escapeXml(bookmark) : inFrame(frame, bookmark)}</w:Bookmark>`;
}

function fragmentOf(fragment: OutgoingHeaders['fragment']): string {
  if (!fragment) return '';
  return `<w:FragmentTransfer s:mustUnderstand="true" Dialect="${escapeXml(fragment.dialect)}">${escapeXml(fragment.path)}</w:FragmentTransfer>`;
}

function headerOf(action: string, headers: OutgoingHeaders): string {
  const { resource } = headers;
  return [
    simple('a:To', headers.to),
    resource && resource.resourceUri !== '' ? must('w:ResourceURI', resource.resourceUri) : '',
    `<a:ReplyTo><a:Address s:mustUnderstand="true">${anonymous}</a:Address></a:ReplyTo>`,
    must('a:Action', action),
    headers.maxEnvelopeSize === undefined ? '' : must('w:MaxEnvelopeSize', String(headers.maxEnvelopeSize)),
    simple('a:MessageID', headers.messageId),
    language('w:Locale', headers.locale),
    language('p:DataLocale', headers.dataLocale),
    may('p:SessionId', headers.sessionId),
    may('p:OperationID', headers.operationId),
    may('p:SequenceId', headers.sequenceId?.toString()),
    may('p:ActivityId', headers.activityId),
    headers.operationTimeout === undefined
      ? ''
      : simple('w:OperationTimeout', formatDuration(headers.operationTimeout)),
    headers.machineId === undefined
      ? ''
      : `<m:MachineID xmlns:m="http://schemas.microsoft.com/wbem/wsman/1/machineid" s:mustUnderstand="false">${escapeXml(headers.machineId)}</m:MachineID>`,
    fragmentOf(headers.fragment),
    optionSet(headers.options),
    ...(resource ? selectorSet(resource.selectors).map((one) => inFrame(frame, one)) : []),
    headers.wantsTotal ? '<w:RequestTotalItemsCountEstimate/>' : '',
    ...(headers.parameters ?? []).map((one) => inFrame(frame, one)),
    bookmarkOf(headers.bookmark),
    headers.ackRequested ? '<w:AckRequested/>' : '',
  ].join('');
}

/**
 * A request as a client sends it, as text. `parseXml`-ed content of the operation goes on the wire as it is; shell options (`WINRS_…`) are taken from
 * the operation, all others from `headers.options`.
 */
export function writeRequest(operation: Operation, headers: OutgoingHeaders): string {
  if (operation.kind === 'identify') return joinEnvelope(identifyFrame, '', '<wsmid:Identify/>');
  const { body, options } = writeOperationBody(operation, frame);
  const all = options.length === 0 ? headers : { ...headers, options: [...options, ...(headers.options ?? [])] };
  const single = operation.kind === 'events' && operation.events.length === 1 ? operation.events[0] : undefined;
  const action =
    single && single.action !== '' && single.action !== actions.event ? single.action : actionFor(operation, headers);
  return joinEnvelope(frame, headerOf(action, all), body);
}
