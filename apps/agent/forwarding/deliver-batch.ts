import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fittingParts } from '@atelier/adapters/wsman-listener';
import type { ProviderEvent } from '@atelier/plugin-kit';
import {
  actions,
  deliveredBehind,
  type EventDelivery,
  placeName,
  type SubscriptionItem,
  writeRequest,
  type XmlElement,
} from '@atelier/wsman';
import { type CollectorLink, CollectorUnreachable } from './collector-link.ts';

const machineId = hostname();
/** Pauses between tries, milliseconds: the queue is the log itself, so that there is no hurry and nothing to lose. */
const firstPause = 200;
const longestPause = 30_000;
const usualEnvelope = 512_000;
/** One subscription's way to its collector. */
export class Delivery {
  readonly #item: SubscriptionItem;
  readonly #link: CollectorLink;
  readonly #signal: AbortSignal;
  readonly #told: (trouble: string | null) => void;
  #behind: string;

  /** `bookmark` is where the collector's events end; `told` gets what keeps it from taking more, and null when it does again. */
  constructor(
    item: SubscriptionItem,
    link: CollectorLink,
    signal: AbortSignal,
    told: (trouble: string | null) => void,
  ) {
    this.#item = item;
    this.#link = link;
    this.#signal = signal;
    this.#told = told;
    this.#behind = placeName(item.subscribe.bookmark);
  }

  /** Delivers events in their order, each part until the collector has it. @throws WsmanFault when the collector does not want them */
  async events(events: readonly ProviderEvent[]): Promise<void> {
    const { maxEnvelopeSize, contentEncoding, sendBookmarks, oversized } = this.#item.subscribe;
    const { parts, tooLarge } = fittingParts(events, maxEnvelopeSize ?? usualEnvelope, contentEncoding);
    if (tooLarge > 0 && oversized !== 'skip') await this.#post({ kind: 'dropped-events', count: tooLarge });
    for (const part of parts) {
      const bookmark = (sendBookmarks && part.at(-1)?.bookmark) || null;
      // `raw` items are written as they are: what wants an element takes the cast.
      const delivered = part.map(({ item }) => ({ action: '', content: item as XmlElement }));
      await this.#post({ kind: 'events', events: delivered }, bookmark);
      if (bookmark) this.#behind = placeName(bookmark);
    }
  }

  heartbeat(): Promise<void> {
    return this.#post({ kind: 'heartbeat' });
  }

  dropped(count: number): Promise<void> {
    return this.#post({ kind: 'dropped-events', count });
  }

  /** Says that there will be no more; whether it is heard does not matter. */
  async end(): Promise<void> {
    const reason = 'the source stops';
    const signal = AbortSignal.timeout(2000);
    await this.#send({ kind: 'subscription-end', status: 'SourceShuttingDown', reason }, null, signal).catch(() => {});
  }

  async #post(delivery: EventDelivery, bookmark: XmlElement | null = null): Promise<void> {
    for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
      try {
        await this.#send(delivery, bookmark, this.#signal);
        this.#told(null);
        return;
      } catch (error) {
        this.#signal.throwIfAborted();
        if (!(error instanceof CollectorUnreachable)) throw error;
        this.#told(error.message);
        await sleep(pause, undefined, { signal: this.#signal });
      }
    }
  }

  async #send(delivery: EventDelivery, bookmark: XmlElement | null, signal: AbortSignal): Promise<void> {
    const { notifyTo, endTo, contentEncoding } = this.#item.subscribe;
    const to = delivery.kind === 'subscription-end' ? (endTo ?? notifyTo!) : notifyTo!;
    const place = bookmark ? [deliveredBehind(this.#behind)] : [];
    const text = writeRequest(delivery, {
      to: to.address,
      messageId: `uuid:${randomUUID().toUpperCase()}`,
      operationId: `uuid:${randomUUID().toUpperCase()}`,
      sequenceId: 1,
      machineId,
      parameters: [...to.parameters, ...place],
      ...(bookmark ? { bookmark } : {}),
      ackRequested: true,
    });
    const answer = await this.#link.send(to.address, text, contentEncoding, signal);
    if (delivery.kind === 'subscription-end') return;
    if (answer?.action !== actions.ack) throw new CollectorUnreachable('the collector did not acknowledge');
  }
}
