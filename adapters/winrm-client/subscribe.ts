import {
  type DeliveryEndpoint,
  element,
  isWsmanFault,
  ns,
  readGranted,
  readItems,
  readSubscribed,
  type SubscribeOperation,
  type XmlElement,
} from '@atelier/wsman';
import { filterOf } from './enumerate.ts';
import type { ResourceLocator } from './resource-locator.ts';
import type { CallOptions, WsmanCall } from './wsman-call.ts';

/** What events to get. Times in milliseconds. */
export interface SubscribeOptions extends CallOptions {
  readonly filter?: string;
  readonly dialect?: string;
  /** How long the host keeps the subscription without hearing of us, default 10 minutes: it is renewed in time. */
  readonly expires?: number;
  /** Begin behind this bookmark, or with the oldest event there is. */
  readonly bookmark?: XmlElement | 'earliest';
  readonly batchItems?: number;
}

/** A subscription whose events the host sends to somebody else. */
export interface PushSubscription {
  readonly identifier: string;
  /** Milliseconds that it lives without renewal. */
  readonly expires: number | null;
  renew(expires: number, call?: CallOptions): Promise<number | null>;
  unsubscribe(call?: CallOptions): Promise<void>;
}

/** What the host is told for a subscription that it pushes. */
export type PushOptions = SubscribeOptions &
  Partial<
    Pick<
      SubscribeOperation,
      | 'heartbeats'
      | 'maxElements'
      | 'maxTime'
      | 'maxEnvelopeSize'
      | 'contentEncoding'
      | 'contentFormat'
      | 'sendBookmarks'
      | 'connectionRetry'
      | 'endTo'
    >
  > & {
    readonly mode?: 'push' | 'push-with-ack' | 'events';
    readonly notifyTo: DeliveryEndpoint;
  };

const nothingYet = 2150858780;
const noLongerThere = 2150858793;

const plain = {
  endTo: null,
  heartbeats: null,
  connectionRetry: null,
  maxElements: null,
  maxTime: null,
  maxEnvelopeSize: null,
  contentEncoding: 'utf-8',
  locale: null,
  contentFormat: null,
  sendBookmarks: false,
  ignoreChannelError: false,
} as const;

/** Events that came together. */
export interface EventBatch {
  readonly events: readonly XmlElement[];
  /** Where they end: to begin behind them another time. Null when the host gives none. */
  readonly bookmark: XmlElement | null;
}

function operation(options: SubscribeOptions): SubscribeOperation {
  return {
    kind: 'subscribe',
    ...plain,
    mode: 'pull',
    notifyTo: null,
    expires: { kind: 'after', milliseconds: options.expires ?? 600_000 },
    filter: options.filter === undefined ? null : filterOf(options.filter, options.dialect),
    bookmark: options.bookmark ?? null,
  };
}

const headersOf = (locator: ResourceLocator) => ({
  resource: locator,
  ...(locator.options ? { options: locator.options } : {}),
});

function managed(call: WsmanCall, locator: ResourceLocator, identifier: string, manager: DeliveryEndpoint) {
  const known = manager.parameters.some((one) => one.ns === ns.eventing && one.name === 'Identifier');
  const parameters = manager.parameters.filter((one) => one.ns !== ns.wsman);
  const headers = {
    resource: { resourceUri: locator.resourceUri, selectors: [] },
    parameters: known ? parameters : [...parameters, element(ns.eventing, 'Identifier', null, identifier)],
  };
  return {
    renew: async (expires: number, options: CallOptions = {}) =>
      readGranted(
        await call.send(
          { kind: 'renew', identifier, expires: { kind: 'after', milliseconds: expires } },
          headers,
          options,
        ),
      ),
    unsubscribe: async (options: CallOptions = {}) => {
      await call.send({ kind: 'unsubscribe', identifier }, headers, options);
    },
  };
}

/** Events as they happen, by pulling: nothing needs to reach us. Ends with the signal or when the caller stops; then it is unsubscribed. */
export async function* pullEvents(
  call: WsmanCall,
  locator: ResourceLocator,
  options: SubscribeOptions,
): AsyncGenerator<XmlElement, void, undefined> {
  for await (const { events } of pullBatches(call, locator, options, false)) yield* events;
}

/** The same, in the batches that the host sends, each with its bookmark. A batch is asked for when the one before was dealt with. */
export async function* pullBatches(
  call: WsmanCall,
  locator: ResourceLocator,
  options: SubscribeOptions,
  sendBookmarks = true,
): AsyncGenerator<EventBatch, void, undefined> {
  const expires = options.expires ?? 600_000;
  const subscribed = readSubscribed(
    await call.send({ ...operation(options), sendBookmarks }, headersOf(locator), options),
  );
  const manager = managed(call, locator, subscribed.identifier, subscribed.manager);
  let { context } = subscribed;
  let renewed = Date.now();
  try {
    while (context !== null) {
      if (Date.now() - renewed > expires / 2) {
        await manager.renew(expires, options);
        renewed = Date.now();
      }
      const maxTime = Math.min(options.timeout ?? 20_000, expires / 4);
      const pull = {
        kind: 'pull',
        context,
        maxElements: options.batchItems ?? 100,
        maxCharacters: null,
        maxTime,
      } as const;
      try {
        const answer = await call.send(pull, headersOf(locator), { ...options, timeout: maxTime + 10_000 });
        const got = readItems(answer, 'object');
        context = got.context;
        const events = got.items.flatMap(({ item }) => item ?? []);
        if (events.length > 0) yield { events, bookmark: answer.bookmark };
      } catch (error) {
        const number = isWsmanFault(error) ? error.body.number : undefined;
        if (number !== nothingYet && number !== noLongerThere) throw error;
      }
    }
  } finally {
    await manager.unsubscribe({ timeout: 10_000 }).catch(() => {});
  }
}

/** Subscribes on behalf of a collector: the host sends the events to `notifyTo`. */
export async function pushEvents(
  call: WsmanCall,
  locator: ResourceLocator,
  options: PushOptions,
): Promise<PushSubscription> {
  const { signal, timeout, locale, filter, dialect, expires, bookmark, batchItems: _, mode, ...delivery } = options;
  const asked: SubscribeOperation = {
    ...operation({ filter, dialect, expires, bookmark }),
    ...delivery,
    mode: mode ?? 'events',
  };
  const subscribed = readSubscribed(await call.send(asked, headersOf(locator), { signal, timeout, locale }));
  return {
    identifier: subscribed.identifier,
    expires: subscribed.expires,
    ...managed(call, locator, subscribed.identifier, subscribed.manager),
  };
}
