import { faultDetailBase } from './actions.ts';
import { ns } from './namespaces.ts';
import type { FaultBody, FaultCode } from './wsman-fault.ts';
import type { XmlElement } from './xml-element.ts';
import { attribute, child, elementsOf, textOf, trimmedText } from './xml-node.ts';

const codes: readonly FaultCode[] = ['Sender', 'Receiver', 'MustUnderstand', 'VersionMismatch', 'DataEncodingUnknown'];

/** Subcodes by their local name and the specification's prefix; those of WS-Management itself are not listed. */
const specification: Readonly<Record<string, string>> = {
  ActionNotSupported: 'wsa',
  DestinationUnreachable: 'wsa',
  EndpointUnavailable: 'wsa',
  InvalidMessageInformationHeader: 'wsa',
  MessageInformationHeaderRequired: 'wsa',
  InvalidEnumerationContext: 'wsen',
  FilterDialectRequestedUnavailable: 'wsen',
  InvalidRepresentation: 'wxf',
  InvalidMessage: 'wse',
  DeliveryModeRequestedUnavailable: 'wse',
  EventSourceUnableToProcess: 'wse',
  FilteringRequestedUnavailable: 'wse',
  UnableToRenew: 'wse',
  PolymorphismModeNotSupported: 'wsmb',
};

/** Prefixes in use among services for the two specifications that share names with others. */
const customary: Readonly<Record<string, string>> = { n: 'wsen', wsen: 'wsen', e: 'wse', wse: 'wse' };

function subcodeOf(qname: string): string {
  const [prefix, name] = qname.includes(':') ? qname.split(':', 2) : ['', qname];
  if (!name) return '';
  return `${specification[name] ?? customary[prefix!] ?? 'wsman'}:${name}`;
}

const descend = (node: XmlElement | null, ...names: readonly string[]): XmlElement | null =>
  names.reduce<XmlElement | null>((at, name) => at && child(at, ns.soap, name), node);

/** The innermost `f:WSManFault` says most: those around it repeat it, or say that a provider failed. */
function innermost(node: XmlElement): { readonly fault: XmlElement; readonly provider: string | null } {
  const message = child(node, ns.fault, 'Message');
  const wrapped = message && child(message, ns.fault, 'ProviderFault');
  const name = wrapped && attribute(wrapped, '', 'provider');
  const inner = wrapped && child(wrapped, ns.fault, 'WSManFault');
  if (!inner) return { fault: node, provider: name };
  const deeper = innermost(inner);
  return { fault: deeper.fault, provider: deeper.provider ?? name };
}

/** Text of the message itself, or of what stands in it. */
const messageOf = (node: XmlElement): string => {
  const message = child(node, ns.fault, 'Message');
  return message ? textOf(message).replace(/\s+/g, ' ').trim() : '';
};

/** Reads `s:Fault` of any service: WinRM's number and text win over SOAP's. */
export function readFault(node: XmlElement): FaultBody {
  const value = descend(node, 'Code', 'Value');
  const name = value ? trimmedText(value).replace(/^.*:/, '') : '';
  const subcode = descend(node, 'Code', 'Subcode', 'Value');
  const reason = descend(node, 'Reason', 'Text');
  const detail = descend(node, 'Detail');
  const uri = detail && child(detail, ns.wsman, 'FaultDetail');
  const microsoft = detail && child(detail, ns.fault, 'WSManFault');
  const deepest = microsoft && innermost(microsoft);
  const code = microsoft && attribute(microsoft, '', 'Code');
  const text = (deepest && messageOf(deepest.fault)) || (reason ? trimmedText(reason) : '');
  const providerDetail = deepest ? null : (detail ? elementsOf(detail) : []).find((one) => one !== uri);
  return {
    code: codes.find((one) => one === name) ?? 'Receiver',
    subcode: subcode ? subcodeOf(trimmedText(subcode)) : '',
    ...(text === '' ? {} : { reason: text }),
    ...(uri ? { detail: trimmedText(uri).replace(faultDetailBase, '') } : {}),
    ...(code && /^\d{1,10}$/.test(code) ? { number: Number(code) } : {}),
    ...(deepest?.provider ? { provider: deepest.provider } : {}),
    ...(providerDetail ? { providerDetail } : {}),
  };
}
