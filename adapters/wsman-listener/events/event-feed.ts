import type { EventsDropped, ProviderEvent } from '@atelier/plugin-kit';

/** What a feed gives: events, the news that some are lacking or that there were none for a while, or the end. */
export type Fed =
  | { readonly kind: 'events'; readonly events: readonly ProviderEvent[] }
  | { readonly kind: 'dropped'; readonly count: number }
  | { readonly kind: 'quiet' }
  | { readonly kind: 'end' };

/** Bounds of a batch. Times in milliseconds. */
export interface BatchLimits {
  readonly maxElements: number;
  /** How long to wait for more once there is one. */
  readonly maxTime: number;
}

/** Draws events one after the other, so that a slow sink holds back its provider and nothing piles up here. */
export class EventFeed {
  readonly #iterator: AsyncIterator<ProviderEvent | EventsDropped>;
  #pending: Promise<IteratorResult<ProviderEvent | EventsDropped>> | null = null;

  constructor(events: AsyncIterable<ProviderEvent | EventsDropped>) {
    this.#iterator = events[Symbol.asyncIterator]();
  }

  /** The next batch; `quiet` after `quietMs` without an event (null: never). */
  async next(limits: BatchLimits, quietMs: number | null): Promise<Fed> {
    const first = await this.#within(quietMs);
    if (!first) return { kind: 'quiet' };
    if (first.done) return { kind: 'end' };
    if ('dropped' in first.value) return { kind: 'dropped', count: first.value.dropped };
    const events = [first.value];
    const until = Date.now() + limits.maxTime;
    while (events.length < limits.maxElements) {
      const left = until - Date.now();
      const more = left > 0 ? await this.#within(left) : null;
      if (!more || more.done) break;
      if ('dropped' in more.value) {
        this.#pending = Promise.resolve(more);
        break;
      }
      events.push(more.value);
    }
    return { kind: 'events', events };
  }

  end(): void {
    this.#pending?.catch(() => {});
    void this.#iterator.return?.().catch(() => {});
  }

  /** The next event, kept for the following call when it does not come in time. */
  async #within(ms: number | null): Promise<IteratorResult<ProviderEvent | EventsDropped> | null> {
    this.#pending ??= this.#iterator.next();
    if (ms === null) return this.#taken(await this.#pending);
    const { promise, resolve } = Promise.withResolvers<null>();
    const timer = setTimeout(resolve, ms, null);
    try {
      return this.#taken(await Promise.race([this.#pending, promise]));
    } finally {
      clearTimeout(timer);
    }
  }

  #taken<T>(result: T): T {
    if (result !== null) this.#pending = null;
    return result;
  }
}
