import {
  dialects,
  type EndpointReference,
  type EnumerationMode,
  element,
  isWsmanFault,
  ns,
  type PolymorphismMode,
  parseXml,
  type RequestFilter,
  readItems,
  type XmlElement,
} from '@atelier/wsman';
import type { ResourceLocator } from './resource-locator.ts';
import type { CallOptions, WsmanCall } from './wsman-call.ts';

/** What to enumerate of a resource. */
export interface EnumerateOptions extends CallOptions {
  /** A query, or a filter's XML for dialects that are XML. */
  readonly filter?: string;
  /** Default WQL. */
  readonly dialect?: string;
  readonly polymorphism?: PolymorphismMode;
  /** Items that are asked for at once. */
  readonly batchItems?: number;
}

/** An item with the reference that names it. */
export interface ReferencedItem {
  readonly item: XmlElement;
  readonly reference: EndpointReference;
}

/** WS-Enumeration's "nothing within MaxTime": the enumeration goes on. */
const nothingYet = 2150858780;

/** A filter as it travels. A filter of a dialect that is XML is given as XML. */
export function filterOf(text: string, dialect: string = dialects.wql): RequestFilter {
  // Event queries may be either.
  const asXml = dialect === dialects.selector || dialect === dialects.association || /^\s*</.test(text);
  const wrap = (inner: XmlElement | string) => element(ns.wsman, 'Filter', { Dialect: dialect }, inner);
  return { dialect, text, element: wrap(asXml ? parseXml(text) : text) };
}

interface Item {
  readonly item: XmlElement | null;
  readonly reference: EndpointReference | null;
}

/** Draws items one after the other, a batch at a time; releases the enumeration when the caller stops early. */
export async function* enumerateItems(
  call: WsmanCall,
  locator: ResourceLocator,
  mode: EnumerationMode,
  batch: number,
  options: EnumerateOptions,
): AsyncGenerator<Item, void, undefined> {
  const headers = { resource: locator, ...(locator.options ? { options: locator.options } : {}) };
  const maxElements = options.batchItems ?? batch;
  const filter = options.filter === undefined ? null : filterOf(options.filter, options.dialect);
  const first = await call.send(
    {
      kind: 'enumerate',
      filter,
      mode,
      polymorphism: options.polymorphism ?? null,
      optimize: true,
      maxElements,
      expires: null,
    },
    headers,
    options,
  );
  let { context, items } = readItems(first, mode);
  try {
    for (;;) {
      yield* items;
      if (context === null) return;
      const pull = { kind: 'pull', context, maxElements, maxCharacters: null, maxTime: null } as const;
      try {
        const next = readItems(await call.send(pull, headers, options), mode);
        context = next.context;
        items = next.items;
      } catch (error) {
        if (!isWsmanFault(error) || error.body.number !== nothingYet) {
          // A fault ended it at the host as well, or it cannot be told.
          if (isWsmanFault(error)) context = null;
          throw error;
        }
        items = [];
      }
    }
  } finally {
    if (context !== null) await call.send({ kind: 'release', context }, headers, { timeout: 10_000 }).catch(() => {});
  }
}
