import type { XmlElement } from './xml-element.ts';

/** One event as it travels. `action` is empty outside of batches. */
export interface DeliveredEvent {
  readonly action: string;
  /** The event itself. Text of the element when the sender wrapped an event as text. */
  readonly content: XmlElement;
}

/** Why a source ended a subscription (WS-Eventing §3.5). */
export type SubscriptionEndStatus = 'SourceShuttingDown' | 'SourceCanceling' | 'DeliveryFailure';

/** One-way messages from a source to a sink (DSP0226 §10). The header names the subscription, the bookmark, and whether an Ack is wanted. */
export type EventDelivery =
  | { readonly kind: 'events'; readonly events: readonly DeliveredEvent[] }
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'dropped-events'; readonly count: number }
  | { readonly kind: 'subscription-end'; readonly status: SubscriptionEndStatus; readonly reason: string }
  /** Windows' word for "I am done with this exchange". */
  | { readonly kind: 'end' }
  /** An acknowledgement that comes as a message of its own. */
  | { readonly kind: 'ack' };
