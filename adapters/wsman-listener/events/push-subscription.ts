import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventsDropped, ProviderEvent } from '@atelier/plugin-kit';
import {
  type DeliveryEndpoint,
  type EventDelivery,
  encodeText,
  parseXml,
  type SubscribeOperation,
  type SubscriptionEndStatus,
  writeRequest,
  writeXml,
} from '@atelier/wsman';
import { EventFeed, type Fed } from './event-feed.ts';
import { fittingParts } from './fitting-parts.ts';
import { postDelivery } from './post-delivery.ts';

const defaultRetry = { count: 3, interval: 1000 };
const mostRetries = 100;
const singles = { maxElements: 1, maxTime: 0 };

/** Delivers the events of one subscription to its sink, in order, each until it is taken or given up. */
export class PushSubscription {
  readonly #request: SubscribeOperation;
  readonly #resourceUri: string;
  readonly #feed: EventFeed;
  readonly #abort: AbortController;

  constructor(
    request: SubscribeOperation,
    resourceUri: string,
    events: AsyncIterable<ProviderEvent | EventsDropped>,
    abort: AbortController,
  ) {
    this.#request = request;
    this.#resourceUri = resourceUri;
    this.#feed = new EventFeed(events);
    this.#abort = abort;
  }

  /** Runs until the subscription is aborted, its source ends, or the sink cannot be reached. Gives why it ended; null when it was aborted. */
  async run(): Promise<SubscriptionEndStatus | null> {
    const { mode, heartbeats, maxElements, maxTime } = this.#request;
    const limits = mode === 'events' ? { maxElements: maxElements ?? 20, maxTime: maxTime ?? 1000 } : singles;
    try {
      while (!this.#abort.signal.aborted) {
        const fed = await this.#feed.next(limits, heartbeats);
        if (this.#abort.signal.aborted) return null;
        if (fed.kind === 'end') return 'SourceCanceling';
        if (!(await this.#deliver(fed))) return this.#abort.signal.aborted ? null : 'DeliveryFailure';
      }
      return null;
    } catch {
      return this.#abort.signal.aborted ? null : 'SourceCanceling';
    } finally {
      this.#feed.end();
    }
  }

  /** Tells the sink, or who wants to know, that there will be nothing more. Nobody minds when it does not arrive. */
  async tellEnd(status: SubscriptionEndStatus): Promise<void> {
    const { endTo } = this.#request;
    if (!endTo) return;
    const reason = status === 'DeliveryFailure' ? 'events could not be delivered' : 'the source of the events ends';
    const signal = AbortSignal.timeout(2000);
    await post(
      endTo,
      { kind: 'subscription-end', status, reason },
      { encoding: this.#request.contentEncoding, ack: false, signal },
    ).catch(() => {});
  }

  async #deliver(fed: Exclude<Fed, { readonly kind: 'end' }>): Promise<boolean> {
    if (fed.kind === 'quiet') return await this.#send({ kind: 'heartbeat' }, null);
    if (fed.kind === 'dropped') return await this.#dropped(fed.count);
    const { maxEnvelopeSize, contentEncoding, oversized } = this.#request;
    if (maxEnvelopeSize === null) return await this.#sendEvents(fed.events);
    const { parts, tooLarge } = fittingParts(fed.events, maxEnvelopeSize, contentEncoding);
    if (tooLarge > 0 && oversized === 'cancel') return false;
    if (tooLarge > 0 && oversized !== 'skip' && !(await this.#dropped(tooLarge))) return false;
    for (const part of parts) if (!(await this.#sendEvents(part))) return false;
    return true;
  }

  /** Says how many events are lacking (DSP0226 §10.8). */
  #dropped(count: number): Promise<boolean> {
    return this.#send({ kind: 'dropped-events', count }, null);
  }

  #sendEvents(events: readonly ProviderEvent[]): Promise<boolean> {
    const bookmark = this.#request.sendBookmarks ? (events.at(-1)?.bookmark ?? null) : null;
    // One event of the modes Push and PushWithAck is the body itself, under an action of its own.
    const action = this.#request.mode === 'events' ? '' : `${this.#resourceUri}/Event`;
    const delivered = events.map(({ item }) => ({ action, content: 'raw' in item ? parseXml(writeXml(item)) : item }));
    return this.#send({ kind: 'events', events: delivered }, bookmark);
  }

  async #send(delivery: EventDelivery, bookmark: ProviderEvent['bookmark'] | null): Promise<boolean> {
    const { notifyTo, connectionRetry, mode, contentEncoding } = this.#request;
    const { count, interval } = connectionRetry ?? defaultRetry;
    const options = { encoding: contentEncoding, ack: mode !== 'push', signal: this.#abort.signal, bookmark };
    for (let attempt = 0; ; attempt++) {
      try {
        await post(notifyTo!, delivery, options);
        return true;
      } catch {
        if (this.#abort.signal.aborted || attempt >= Math.min(count, mostRetries)) return false;
        await sleep(interval, undefined, { signal: this.#abort.signal }).catch(() => {});
      }
    }
  }
}

interface PostOptions {
  readonly encoding: 'utf-8' | 'utf-16';
  readonly ack: boolean;
  readonly signal: AbortSignal;
  readonly bookmark?: ProviderEvent['bookmark'] | null;
}

function post(
  to: DeliveryEndpoint,
  delivery: EventDelivery,
  { encoding, ack, signal, bookmark }: PostOptions,
): Promise<void> {
  const text = writeRequest(delivery, {
    to: to.address,
    messageId: `uuid:${randomUUID().toUpperCase()}`,
    parameters: to.parameters,
    ...(ack ? { ackRequested: true } : {}),
    ...(bookmark ? { bookmark } : {}),
  });
  const type = `application/soap+xml;charset=${encoding === 'utf-16' ? 'UTF-16' : 'UTF-8'}`;
  return postDelivery(to.address, encodeText(text, encoding), type, ack, signal);
}
