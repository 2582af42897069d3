import { actions, responseAction } from './actions.ts';
import { formatDuration } from './duration.ts';
import { endpointReference } from './endpoint-reference.ts';
import type { AnsweredHeaders, MessageOptions } from './message-options.ts';
import { anonymous, ns } from './namespaces.ts';
import type {
  EnumerationResponse,
  FragmentContent,
  Identity,
  ResourceResponse,
  SubscriptionResponse,
  WsmanResponse,
} from './response.ts';
import { type EnvelopeFrame, envelopeFrame, inFrame, joinEnvelope, simple } from './write-envelope.ts';
import { isShellResponse, shellFrame, writeShellBody } from './write-shell-response.ts';
import { escapeXml } from './write-xml.ts';

const plain = envelopeFrame();
const transfer = envelopeFrame(ns.transfer);
const identify = envelopeFrame(ns.identity);
const enumeration = envelopeFrame(ns.enumeration);
const eventing = envelopeFrame(ns.eventing, ns.enumeration);
const fragment = envelopeFrame(ns.xsi);

/** `wsman:XmlFragment` with what a fragment's path named (DSP0226 §7.7). */
function fragmentBody(frame: EnvelopeFrame, content: FragmentContent): string {
  if (content.length === 0) return '<w:XmlFragment xsi:nil="true"/>';
  return `<w:XmlFragment>${content.map((one) => (typeof one === 'string' ? escapeXml(one) : inFrame(frame, one))).join('')}</w:XmlFragment>`;
}

function identityBody(identity: Identity): string {
  const profiles = identity.securityProfiles ?? [];
  return `<wsmid:IdentifyResponse>${simple('wsmid:ProtocolVersion', ns.wsman)}${simple('wsmid:ProductVendor', identity.productVendor)}${simple('wsmid:ProductVersion', identity.productVersion)}${
    profiles.length === 0
      ? ''
      : `<wsmid:SecurityProfiles>${profiles.map((one) => simple('wsmid:SecurityProfileName', one)).join('')}</wsmid:SecurityProfiles>`
  }</wsmid:IdentifyResponse>`;
}

function resourceBody(response: ResourceResponse): readonly [EnvelopeFrame, string] {
  switch (response.kind) {
    case 'identify':
      return [identify, identityBody(response)];
    case 'get':
      return [plain, inFrame(plain, response.body)];
    case 'put':
    case 'invoke':
      return [plain, response.body ? inFrame(plain, response.body) : ''];
    case 'get-fragment':
    case 'put-fragment':
      return [fragment, fragmentBody(fragment, response.content)];
    case 'create': {
      const created = inFrame(transfer, endpointReference(response.reference, ns.transfer, 'ResourceCreated'));
      return [transfer, created + (response.body ? inFrame(transfer, response.body) : '')];
    }
    case 'delete':
      return [plain, ''];
  }
}

function enumerationBody(response: EnumerationResponse): string {
  const end = '<w:EndOfSequence/>';
  switch (response.kind) {
    case 'enumerate': {
      const context = response.end
        ? '<n:EnumerationContext></n:EnumerationContext>'
        : simple('n:EnumerationContext', response.context);
      const expires = response.expires === null ? '' : simple('n:Expires', formatDuration(response.expires));
      const items = response.items ? `<w:Items>${response.items.xml}</w:Items>${response.end ? end : ''}` : '';
      return `<n:EnumerateResponse>${expires}${context}${items}</n:EnumerateResponse>`;
    }
    case 'pull': {
      const context = response.end ? '' : simple('n:EnumerationContext', response.context);
      const last = response.end ? '<n:EndOfSequence/>' : '';
      return `<n:PullResponse>${context}<n:Items>${response.items.xml}</n:Items>${last}</n:PullResponse>`;
    }
    case 'release':
      return '';
    case 'renew-enumeration':
      return `<n:RenewResponse>${simple('n:Expires', formatDuration(response.expires))}${simple('n:EnumerationContext', response.context)}</n:RenewResponse>`;
    case 'enumeration-status':
      return `<n:GetStatusResponse>${simple('n:Expires', formatDuration(response.expires))}</n:GetStatusResponse>`;
  }
}

function subscriptionBody(response: SubscriptionResponse): string {
  switch (response.kind) {
    case 'subscribe': {
      const manager = `<e:SubscriptionManager>${simple('a:Address', response.address)}<a:ReferenceParameters>${simple('w:ResourceURI', response.resourceUri)}${simple('e:Identifier', response.identifier)}</a:ReferenceParameters></e:SubscriptionManager>`;
      const context = response.context === undefined ? '' : simple('n:EnumerationContext', response.context);
      return `<e:SubscribeResponse>${manager}${simple('e:Expires', formatDuration(response.expires))}${context}</e:SubscribeResponse>`;
    }
    case 'renew':
      return `<e:RenewResponse>${simple('e:Expires', formatDuration(response.expires))}</e:RenewResponse>`;
    case 'subscription-status':
      return `<e:GetStatusResponse>${simple('e:Expires', formatDuration(response.expires))}</e:GetStatusResponse>`;
    case 'unsubscribe':
      return '';
  }
}

function bodyOf(response: WsmanResponse): readonly [EnvelopeFrame, string] {
  if (isShellResponse(response)) return [shellFrame, writeShellBody(response)];
  switch (response.kind) {
    case 'enumerate':
    case 'pull':
    case 'release':
    case 'renew-enumeration':
    case 'enumeration-status':
      return [enumeration, enumerationBody(response)];
    case 'subscribe':
    case 'renew':
    case 'subscription-status':
    case 'unsubscribe':
      return [eventing, subscriptionBody(response)];
    case 'ack':
      return [plain, ''];
    default:
      return resourceBody(response);
  }
}

/** Headers that every answer has. */
export function answerHeader(action: string, to: AnsweredHeaders, options: MessageOptions): string {
  return `${simple('a:Action', action)}${simple('a:MessageID', options.messageId)}${
    to.operationId === null
      ? ''
      : `<p:OperationID s:mustUnderstand="false">${escapeXml(to.operationId)}</p:OperationID><p:SequenceId>${to.sequenceId ?? 1}</p:SequenceId>`
  }${to.activityId === null ? '' : `<p:ActivityId s:mustUnderstand="false">${escapeXml(to.activityId)}</p:ActivityId>`}<a:To>${anonymous}</a:To>${
    to.messageId === '' ? '' : simple('a:RelatesTo', to.messageId)
  }`;
}

function moreHeaders(response: WsmanResponse, to: AnsweredHeaders): string {
  const echoed =
    to.fragment && (response.kind === 'get-fragment' || response.kind === 'put-fragment')
      ? `<w:FragmentTransfer s:mustUnderstand="true" Dialect="${escapeXml(to.fragment.dialect)}">${escapeXml(to.fragment.path)}</w:FragmentTransfer>`
      : '';
  if (response.kind === 'pull' && response.bookmark)
    return `<w:Bookmark>${inFrame(enumeration, response.bookmark)}</w:Bookmark>${totalHeader(response)}`;
  return echoed + totalHeader(response);
}

function totalHeader(response: WsmanResponse): string {
  if ((response.kind !== 'enumerate' && response.kind !== 'pull') || response.total === undefined) return '';
  const total = response.total;
  return `${total === null ? `<w:TotalItemsCountEstimate xmlns:xsi="${ns.xsi}" xsi:nil="true"/>` : simple('w:TotalItemsCountEstimate', String(total))}`;
}

/** The answer to a request, as text: encode it as the request was (`encodeText(text, headers.encoding)`). */
export function writeResponse(to: AnsweredHeaders, response: WsmanResponse, options: MessageOptions): string {
  const [frame, body] = bodyOf(response);
  if (response.kind === 'identify' && to.messageId === '') return joinEnvelope(frame, '', body);
  const action =
    response.kind === 'ack'
      ? actions.ack
      : response.kind === 'identify'
        ? `${actions.identify}Response`
        : responseAction(to.action);
  return joinEnvelope(frame, answerHeader(action, to, options) + moreHeaders(response, to), body);
}
