import { dialects } from './actions.ts';
import type { TextEncoding } from './decode-text.ts';
import { parseDuration } from './duration.ts';
import { readSelectors } from './endpoint-reference.ts';
import { fault } from './fault-table.ts';
import { anonymous, ns } from './namespaces.ts';
import type { RequestHeaders } from './request-headers.ts';
import type { Option } from './resource-reference.ts';
import type { XmlElement } from './xml-element.ts';
import { attribute, child, childrenOf, elementsOf, textOf, trimmedText } from './xml-node.ts';

/** What a service accepts in headers. */
export interface HeaderLimits {
  /** Languages, as in `en`, for clients that insist on theirs. */
  readonly languages: readonly string[];
  /** Selectors and options of one request. */
  readonly selectors: number;
  readonly options: number;
  /** Characters of a URI, a message id, a selector's name. */
  readonly uri: number;
}

export const headerLimits: HeaderLimits = { languages: ['en', 'fr'], selectors: 64, options: 64, uri: 2048 };

/** Headers by namespace and name, as far as each stands at most once. */
type HeaderMap = ReadonlyMap<string, XmlElement>;

const known: Readonly<Record<string, ReadonlySet<string>>> = {
  [ns.addressing]: new Set(['To', 'From', 'ReplyTo', 'FaultTo', 'Action', 'MessageID', 'RelatesTo']),
  [ns.wsman]: new Set([
    'ResourceURI',
    'SelectorSet',
    'OptionSet',
    'OperationTimeout',
    'MaxEnvelopeSize',
    'Locale',
    'FragmentTransfer',
    'RequestTotalItemsCountEstimate',
    'RequestEPR',
    'Bookmark',
    'AckRequested',
  ]),
  [ns.eventing]: new Set(['Identifier']),
  [ns.microsoft]: new Set(['DataLocale', 'SessionId', 'OperationID', 'SequenceId', 'ActivityId', 'FunctionID']),
  [ns.shell]: new Set(['CompressionType']),
};

const isTrue = (text: string | null): boolean => text !== null && /^\s*(true|1)\s*$/i.test(text);
const isFalse = (text: string): boolean => /^\s*(false|0)\s*$/i.test(text);

/** `xs:boolean` in any case; null for anything else. */
export const readBoolean = (text: string): boolean | null => (isTrue(text) ? true : isFalse(text) ? false : null);

const mustUnderstand = (header: XmlElement): boolean => isTrue(attribute(header, ns.soap, 'mustUnderstand'));

/** Headers that are meant for us: those for another role of SOAP are passed over. */
const forUs = (header: XmlElement): boolean => {
  const role = attribute(header, ns.soap, 'role');
  return role === null || role.endsWith('/role/next') || role.endsWith('/role/ultimateReceiver');
};

function collect(header: XmlElement | null): { readonly found: HeaderMap; readonly others: readonly XmlElement[] } {
  const found = new Map<string, XmlElement>();
  const others: XmlElement[] = [];
  for (const one of header ? elementsOf(header) : []) {
    if (!forUs(one)) continue;
    if (!known[one.ns]?.has(one.name)) {
      if (mustUnderstand(one)) throw fault('mustUnderstand', { notUnderstood: { ns: one.ns, name: one.name } });
      others.push(one);
      continue;
    }
    const key = `${one.ns} ${one.name}`;
    if (found.has(key) && one.name !== 'RelatesTo')
      throw fault('invalidMessageInformationHeader', { reason: `the header ${one.name} stands twice` });
    found.set(key, one);
  }
  return { found, others };
}

function options(set: XmlElement | undefined): readonly Option[] {
  if (!set) return [];
  return childrenOf(set, ns.wsman, 'Option').map((one) => {
    const name = attribute(one, '', 'Name');
    if (!name) throw fault('optionsInvalidName', { reason: 'an option has no name' });
    const type = attribute(one, '', 'Type');
    const must = isTrue(attribute(one, '', 'MustComply'));
    return type === null
      ? { name, value: textOf(one), mustComply: must }
      : { name, value: textOf(one), mustComply: must, type };
  });
}

function operationTimeout(header: XmlElement | undefined): number | null {
  if (!header) return null;
  const milliseconds = parseDuration(textOf(header));
  if (milliseconds === null || milliseconds <= 0) throw fault('invalidTimeoutHeader');
  return milliseconds;
}

/** Smallest envelope that a service must be able to answer in (DSP0226 §6.2). */
export const smallestEnvelope = 8192;

function maxEnvelopeSize(header: XmlElement | undefined): number | null {
  if (!header) return null;
  const text = trimmedText(header);
  if (!/^\+?\d{1,18}$/.test(text))
    throw fault('invalidMessageInformationHeader', { reason: 'MaxEnvelopeSize is no positive number' });
  const size = Number(text);
  if (size < smallestEnvelope) throw fault('minEnvelopeSize');
  return size;
}

function locale(header: XmlElement | undefined, languages: readonly string[]): string | null {
  if (!header) return null;
  const tag = attribute(header, ns.xml, 'lang')?.trim() ?? '';
  const fine = /^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/.test(tag);
  if (mustUnderstand(header) && !(fine && languages.includes(tag.split('-')[0]!.toLowerCase())))
    throw fault('localeMustUnderstandUnsupported');
  return fine ? tag : null;
}

function checkReplyTo(header: XmlElement | undefined): void {
  if (!header) return;
  const address = child(header, ns.addressing, 'Address');
  if (!address || trimmedText(address) !== anonymous) throw fault('unsupportedAddressingMode');
}

function sequence(header: XmlElement | undefined): number | null {
  if (!header) return null;
  const text = trimmedText(header);
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** The headers as they stand. Throws the faults of DSP0226 §5, §6 and WS-Addressing; `wanted` says which of them the operation needs. */
export function readHeaders(header: XmlElement | null, encoding: TextEncoding, limits: HeaderLimits): RequestHeaders {
  const { found, others } = collect(header);
  const get = (namespace: string, name: string) => found.get(`${namespace} ${name}`);
  const text = (namespace: string, name: string) => {
    const one = get(namespace, name);
    return one ? trimmedText(one) : null;
  };
  const messageId = get(ns.addressing, 'MessageID');
  const uri = text(ns.wsman, 'ResourceURI') ?? '';
  if (uri.length > limits.uri || (text(ns.addressing, 'To')?.length ?? 0) > limits.uri) throw fault('uriLimit');
  checkReplyTo(get(ns.addressing, 'ReplyTo'));
  const selectors = readSelectors(get(ns.wsman, 'SelectorSet') ?? null);
  if (selectors.length > limits.selectors) throw fault('selectorLimit');
  const allOptions = options(get(ns.wsman, 'OptionSet'));
  if (allOptions.length > limits.options) throw fault('optionLimit');
  const fragment = get(ns.wsman, 'FragmentTransfer');
  const bookmark = get(ns.wsman, 'Bookmark');
  return {
    action: text(ns.addressing, 'Action') ?? '',
    messageId: messageId ? trimmedText(messageId) : '',
    to: text(ns.addressing, 'To') ?? '',
    resource: { resourceUri: uri, selectors },
    options: allOptions,
    operationTimeout: operationTimeout(get(ns.wsman, 'OperationTimeout')),
    maxEnvelopeSize: maxEnvelopeSize(get(ns.wsman, 'MaxEnvelopeSize')),
    locale: locale(get(ns.wsman, 'Locale'), limits.languages),
    dataLocale: locale(get(ns.microsoft, 'DataLocale'), limits.languages),
    sessionId: text(ns.microsoft, 'SessionId'),
    operationId: text(ns.microsoft, 'OperationID'),
    sequenceId: sequence(get(ns.microsoft, 'SequenceId')),
    activityId: text(ns.microsoft, 'ActivityId'),
    fragment: fragment
      ? { dialect: attribute(fragment, '', 'Dialect') ?? dialects.xpath, path: trimmedText(fragment) }
      : null,
    wantsTotal: found.has(`${ns.wsman} RequestTotalItemsCountEstimate`),
    identifier: text(ns.eventing, 'Identifier'),
    relatesTo: text(ns.addressing, 'RelatesTo'),
    ackRequested: found.has(`${ns.wsman} AckRequested`),
    bookmark: bookmark ? (elementsOf(bookmark)[0] ?? trimmedText(bookmark)) : null,
    compression: text(ns.shell, 'CompressionType'),
    encoding,
    others,
  };
}
