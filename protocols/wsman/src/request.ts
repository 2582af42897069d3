import type { DeliveryEndpoint } from './delivery-endpoint.ts';
import type { EventDelivery } from './event-delivery.ts';
import type { Expiry } from './expiry.ts';
import type { RequestHeaders } from './request-headers.ts';
import type { RequestFilter } from './resource-filter.ts';
import type { ShellOperation } from './shell-operation.ts';
import type { XmlElement } from './xml-element.ts';

/** DSP0227's polymorphism modes. */
export type PolymorphismMode = 'IncludeSubClassProperties' | 'ExcludeSubClassProperties' | 'None';

/** Items, references, or both (DSP0226 §8.7). */
export type EnumerationMode = 'object' | 'epr' | 'object-and-epr';

/** WS-Transfer, Identify and custom actions. */
export type ResourceOperation =
  | { readonly kind: 'identify' }
  | { readonly kind: 'get' }
  | { readonly kind: 'put'; readonly body: XmlElement }
  | { readonly kind: 'create'; readonly body: XmlElement | null }
  | { readonly kind: 'delete' }
  /** `method` is the action behind the resource URI; `input` the body's element. */
  | { readonly kind: 'invoke'; readonly method: string; readonly input: XmlElement | null };

/** Enumerate (DSP0226 §8). */
export interface EnumerateOperation {
  readonly kind: 'enumerate';
  readonly filter: RequestFilter | null;
  readonly mode: EnumerationMode;
  readonly polymorphism: PolymorphismMode | null;
  /** The first items are wanted in the answer. */
  readonly optimize: boolean;
  readonly maxElements: number;
  readonly expires: Expiry | null;
}

/** Pull (DSP0226 §8.4). Times in milliseconds. */
export interface PullOperation {
  readonly kind: 'pull';
  readonly context: string;
  readonly maxElements: number;
  readonly maxCharacters: number | null;
  readonly maxTime: number | null;
}

export type EnumerationOperation =
  | EnumerateOperation
  | PullOperation
  | { readonly kind: 'release'; readonly context: string }
  | { readonly kind: 'renew-enumeration'; readonly context: string; readonly expires: Expiry | null }
  | { readonly kind: 'enumeration-status'; readonly context: string };

export type DeliveryMode = 'push' | 'push-with-ack' | 'events' | 'pull';

/** Subscribe (DSP0226 §10.2, MS-WSMV 3.1.4.1.30). Times in milliseconds. */
export interface SubscribeOperation {
  readonly kind: 'subscribe';
  readonly mode: DeliveryMode;
  /** Null in mode `pull`. */
  readonly notifyTo: DeliveryEndpoint | null;
  readonly endTo: DeliveryEndpoint | null;
  readonly expires: Expiry | null;
  readonly filter: RequestFilter | null;
  readonly heartbeats: number | null;
  readonly connectionRetry: { readonly count: number; readonly interval: number } | null;
  /** Bounds of a batch, mode `events`. */
  readonly maxElements: number | null;
  readonly maxTime: number | null;
  readonly maxEnvelopeSize: number | null;
  /** What becomes of an event that is larger: the subscription ends, it is left out, or (when this is absent) left out and told. */
  readonly oversized?: 'cancel' | 'skip';
  readonly contentEncoding: 'utf-8' | 'utf-16';
  readonly locale: string | null;
  /** `RenderedText` when the events' texts are wanted too (MS-WSMV). */
  readonly contentFormat: string | null;
  readonly sendBookmarks: boolean;
  readonly bookmark: XmlElement | 'earliest' | null;
  readonly ignoreChannelError: boolean;
}

export type SubscriptionOperation =
  | SubscribeOperation
  | { readonly kind: 'renew'; readonly identifier: string; readonly expires: Expiry | null }
  | { readonly kind: 'subscription-status'; readonly identifier: string }
  | { readonly kind: 'unsubscribe'; readonly identifier: string };

/** What a client can ask, without its header. */
export type Operation =
  | ResourceOperation
  | EnumerationOperation
  | SubscriptionOperation
  | ShellOperation
  | EventDelivery;

/** One message to a listener: tagged by `kind`. */
export type WsmanRequest = Operation & { readonly headers: RequestHeaders };
