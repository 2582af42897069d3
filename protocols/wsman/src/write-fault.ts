import { faultActions, faultDetailBase } from './actions.ts';
import type { AnsweredHeaders, MessageOptions } from './message-options.ts';
import { messageText } from './messages.ts';
import { ns, prefixes } from './namespaces.ts';
import { envelopeFrame, inFrame, joinEnvelope, simple } from './write-envelope.ts';
import { answerHeader } from './write-response.ts';
import { escapeXml } from './write-xml.ts';
import type { FaultBody } from './wsman-fault.ts';

const frame = envelopeFrame(ns.transfer, ns.enumeration, ns.eventing, ns.cimBinding, ns.fault);

/** Our prefix for the specification's. */
const written: Readonly<Record<string, string>> = {
  wsman: prefixes[ns.wsman]!,
  wsa: prefixes[ns.addressing]!,
  wsen: prefixes[ns.enumeration]!,
  wse: prefixes[ns.eventing]!,
  wxf: prefixes[ns.transfer]!,
  wsmb: prefixes[ns.cimBinding]!,
};

function subcodeOf(subcode: string): string {
  const [prefix = '', name = ''] = subcode.split(':');
  return name === '' ? '' : `<s:Subcode><s:Value>${written[prefix] ?? 'w'}:${name}</s:Value></s:Subcode>`;
}

function wsmanFault(body: FaultBody, reason: string, machine: string): string {
  if (body.number === undefined && body.provider === undefined) return '';
  const open = `<f:WSManFault Code="${body.number ?? 0}" Machine="${escapeXml(machine)}"><f:Message>`;
  const close = '</f:Message></f:WSManFault>';
  if (body.provider === undefined) return `${open}${escapeXml(reason)}${close}`;
  const inner = body.providerDetail ? inFrame(frame, body.providerDetail) : `${open}${escapeXml(reason)}${close}`;
  const provider = escapeXml(body.provider);
  return `${open}<f:ProviderFault provider="${provider}" path="${provider}">${inner}</f:ProviderFault>${close}`;
}

/** What a fault says besides its body. */
export interface FaultOptions extends MessageOptions {
  /** Name of this machine, for `f:WSManFault/@Machine`. */
  readonly machine: string;
  /** Language of the sentence; what the request asks for when absent. */
  readonly locale?: string;
}

/** The languages that reasons are written in. */
const languageOf = (locale: string | null): 'en-US' | 'fr-FR' =>
  locale && /^fr(?![a-z])/i.test(locale) ? 'fr-FR' : 'en-US';

/** A SOAP fault as text (DSP0226 §14, MS-WSMV 2.2.4.43). It travels with HTTP status 500. */
export function writeFault(to: AnsweredHeaders, body: FaultBody, options: FaultOptions): string {
  const language = languageOf(options.locale ?? to.locale);
  const reason = body.reason ?? messageText(body.number ?? 1359, language) ?? body.subcode;
  const prefix = body.subcode.split(':')[0] ?? '';
  const action = faultActions[prefix] ?? faultActions.wsa!;
  const missed = body.notUnderstood
    ? `<s:NotUnderstood qname="q:${escapeXml(body.notUnderstood.name)}" xmlns:q="${escapeXml(body.notUnderstood.ns)}"/>`
    : '';
  const upgrade =
    body.code === 'VersionMismatch' ? '<s:Upgrade><s:SupportedEnvelope qname="s:Envelope"/></s:Upgrade>' : '';
  const detail = `${body.detail === undefined ? '' : simple('w:FaultDetail', faultDetailBase + body.detail)}${wsmanFault(body, reason, options.machine)}`;
  const fault = `<s:Fault><s:Code><s:Value>s:${body.code}</s:Value>${subcodeOf(body.subcode)}</s:Code><s:Reason><s:Text xml:lang="${language}">${escapeXml(reason)}</s:Text></s:Reason>${detail === '' ? '' : `<s:Detail>${detail}</s:Detail>`}</s:Fault>`;
  return joinEnvelope(frame, missed + upgrade + answerHeader(action, to, options), fault);
}
