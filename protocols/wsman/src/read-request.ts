import { actions } from './actions.ts';
import { decodeText, type TextEncoding } from './decode-text.ts';
import { fault, faultBody } from './fault-table.ts';
import type { AnsweredHeaders } from './message-options.ts';
import { ns } from './namespaces.ts';
import { parseXml } from './parse-xml.ts';
import { readEnumeration } from './read-enumeration.ts';
import { readEventDelivery } from './read-event-delivery.ts';
import { type HeaderLimits, headerLimits, readHeaders } from './read-headers.ts';
import { readShellOperation } from './read-shell-operation.ts';
import { readSubscription } from './read-subscription.ts';
import { RefusedRequest } from './refused-request.ts';
import type { Operation, WsmanRequest } from './request.ts';
import type { RequestHeaders } from './request-headers.ts';
import { isWsmanFault, type WsmanFault } from './wsman-fault.ts';
import type { XmlElement } from './xml-element.ts';
import { XmlError } from './xml-error.ts';
import { type XmlLimits, xmlLimits } from './xml-limits.ts';
import { child, elementsOf, trimmedText } from './xml-node.ts';

/** What a service takes of a request. */
export interface RequestLimits {
  readonly xml: XmlLimits;
  readonly headers: HeaderLimits;
}

export const requestLimits: RequestLimits = { xml: xmlLimits, headers: headerLimits };

interface Envelope {
  readonly header: XmlElement | null;
  readonly body: XmlElement;
}

function envelopeOf(root: XmlElement): Envelope {
  if (root.name === 'Envelope' && root.ns !== ns.soap) throw fault('soapVersionMismatch');
  if (root.name !== 'Envelope') throw fault('schemaValidationError', { reason: 'the message is no SOAP envelope' });
  const parts = elementsOf(root);
  const [first, second] = parts;
  const header = first?.ns === ns.soap && first.name === 'Header' ? first : null;
  const body = header ? second : first;
  if (!body || body.ns !== ns.soap || body.name !== 'Body' || parts.length !== (header ? 2 : 1))
    throw fault('schemaValidationError', {
      reason: 'an envelope has at most one header, then one body, and nothing else',
    });
  return { header, body };
}

/** The body's element; null for an empty body. */
function contentOf(body: XmlElement): XmlElement | null {
  const [first, ...rest] = elementsOf(body);
  if (rest.length > 0) throw fault('schemaValidationError', { reason: 'the body holds more than one element' });
  return first ?? null;
}

/** The element that the operation needs in its body. */
function needed(content: XmlElement | null): XmlElement {
  if (!content) throw fault('schemaValidationError', { reason: 'the body is empty' });
  return content;
}

function invoke(headers: RequestHeaders, content: XmlElement | null): Operation {
  const { action } = headers;
  const uri = headers.resource.resourceUri;
  const slash = action.lastIndexOf('/');
  const method = action.slice(slash + 1);
  if (
    slash < 0 ||
    action.slice(0, slash).toLowerCase() !== uri.toLowerCase() ||
    !/^[A-Za-z_][\w.-]{0,255}$/.test(method)
  )
    throw fault('actionNotSupported');
  return { kind: 'invoke', method, input: content };
}

function readOperation(headers: RequestHeaders, content: XmlElement | null): Operation {
  switch (headers.action) {
    case actions.get:
      return { kind: 'get' };
    case actions.put:
      return { kind: 'put', body: needed(content) };
    case actions.create:
      if (content?.ns === ns.shell && content.name === 'Shell') break;
      return { kind: 'create', body: content };
    case actions.delete:
      return { kind: 'delete' };
  }
  return (
    readEnumeration(headers, content) ??
    readShellOperation(headers, content) ??
    readSubscription(headers, content) ??
    readEventDelivery(headers, content) ??
    invoke(headers, content)
  );
}

/** What needs no resource URI: it names an enumeration, a subscription or a sink. */
const withoutResource: ReadonlySet<Operation['kind']> = new Set<Operation['kind']>([
  'pull',
  'release',
  'renew-enumeration',
  'enumeration-status',
  'renew',
  'subscription-status',
  'unsubscribe',
  'events',
  'heartbeat',
  'dropped-events',
  'subscription-end',
  'end',
  'ack',
]);

function checkRequired(headers: RequestHeaders): void {
  const missing =
    headers.action === '' ? 'Action' : headers.messageId === '' ? 'MessageID' : headers.to === '' ? 'To' : null;
  if (missing) throw fault('messageInformationHeaderRequired', { reason: `the header ${missing} is missing` });
}

/** What can be echoed of a header that is wrong somewhere. */
function salvage(header: XmlElement | null, encoding: TextEncoding): AnsweredHeaders {
  const text = (namespace: string, name: string) => {
    const one = header && child(header, namespace, name);
    return one ? trimmedText(one) : '';
  };
  return { ...nothing, encoding, action: text(ns.addressing, 'Action'), messageId: text(ns.addressing, 'MessageID') };
}

const nothing: AnsweredHeaders = {
  action: '',
  messageId: '',
  operationId: null,
  sequenceId: null,
  activityId: null,
  fragment: null,
  locale: null,
  encoding: 'utf-8',
};

/** The fault that XML deserves which could not be read (DSP0226 §14.6). */
function xmlFault(error: XmlError): WsmanFault {
  const cause = { cause: error };
  if (error.reason === 'size') return fault('serverEnvelopeLimit', {}, cause);
  if (error.reason === 'limit') return fault('encodingLimit', { reason: error.message }, cause);
  if (error.reason === 'encoding') return fault('characterSet', { reason: error.message }, cause);
  return fault('invalidXml', { reason: error.message }, cause);
}

function refuse(error: unknown, headers: AnsweredHeaders): RefusedRequest {
  const known = error instanceof XmlError ? xmlFault(error) : error;
  const body = isWsmanFault(known) ? known.body : faultBody('internalError');
  return new RefusedRequest(body, headers, { cause: error });
}

/**
 * Reads a message to a listener: a SOAP 1.2 envelope in UTF-8 or UTF-16. Throws `RefusedRequest` (a `WsmanFault` with what the answer echoes) for
 * everything that DSP0226 §5, §6 and §13 forbid. Whether the resource exists and which options it knows is for the listener to say.
 */
export function readRequest(bytes: Uint8Array, limits: RequestLimits = requestLimits): WsmanRequest {
  let echo: AnsweredHeaders = nothing;
  try {
    if (bytes.length > limits.xml.bytes) throw fault('serverEnvelopeLimit');
    const { text, encoding } = decodeText(bytes);
    echo = { ...nothing, encoding };
    const { header, body } = envelopeOf(parseXml(text, limits.xml));
    echo = salvage(header, encoding);
    const content = contentOf(body);
    const headers = readHeaders(header, encoding, limits.headers);
    echo = headers;
    if (content?.ns === ns.identity && content.name === 'Identify') return { kind: 'identify', headers };
    checkRequired(headers);
    const operation = readOperation(headers, content);
    if (headers.resource.resourceUri === '' && !withoutResource.has(operation.kind))
      throw fault('invalidResourceUri', { reason: 'the header ResourceURI is missing' });
    return { ...operation, headers };
  } catch (error) {
    throw refuse(error, echo);
  }
}
