import {
  type EnumerationMode,
  fault,
  ItemPacker,
  type PackedItems,
  type PackLimits,
  type XmlContent,
} from '@atelier/wsman';
import { type DrawnItem, ItemSource } from './item-source.ts';

/** What an enumeration belongs to and how long it lives. Times in milliseconds since 1970. */
export interface EnumerationFacts {
  readonly id: string;
  /** Name of the user, who alone may pull. */
  readonly user: string;
  readonly mode: EnumerationMode;
  /** Aborted when nobody pulls any more. */
  readonly abort: AbortController;
  /** A subscription's: it ends with that, not by itself. */
  readonly subscription: boolean;
}

/** How long a full page waits to learn whether it is the last one, milliseconds: an answer must not be late for it. */
const patienceForEnd = 20;

/** One enumeration context: draws from its provider only as fast as the client pulls. */
export class Enumeration {
  readonly facts: EnumerationFacts;
  expiresAt: number;
  readonly #source: ItemSource;
  #busy = false;

  constructor(facts: EnumerationFacts, items: AsyncIterable<DrawnItem>, expiresAt: number) {
    this.facts = facts;
    this.expiresAt = expiresAt;
    this.#source = new ItemSource(items);
  }

  get busy(): boolean {
    return this.#busy;
  }

  /**
   * What fits the limits, until `deadline`. Throws Concurrency when another pull is at it, TimedOut when nothing came in time (the enumeration stays
   * good), EncodingLimit for an item that no answer could hold (that item is passed over).
   */
  async pull(
    limits: Omit<PackLimits, 'mode'>,
    deadline: number,
  ): Promise<{ readonly items: PackedItems; readonly end: boolean; readonly bookmark?: XmlContent }> {
    if (this.#busy) throw fault('pullInProgress');
    this.#busy = true;
    const { promise: late, resolve } = Promise.withResolvers<null>();
    const timer = setTimeout(resolve, Math.max(0, deadline - Date.now()), null);
    let soon: NodeJS.Timeout | null = null;
    try {
      let bookmark: XmlContent | undefined;
      const given = (end: boolean) => ({ items: packer.finish(), end, ...(bookmark ? { bookmark } : {}) });
      const packer = new ItemPacker({ ...limits, mode: this.facts.mode });
      for (;;) {
        if (packer.complete) return given(await this.#endsHere());
        const next = await this.#source.next(late);
        if (!next) {
          if (packer.count > 0) return given(false);
          throw fault('enumerateTimedOut');
        }
        if (next.done) return given(true);
        const offer = packer.offer(next.value.item, next.value.reference);
        if (offer === 'too-large') throw fault('maxEnvelopeSizeExceeded');
        if (offer === 'full') {
          this.#source.hold(next);
          return given(false);
        }
        bookmark = next.value.bookmark ?? bookmark;
        // A subscription's client is waiting: it gets what there is, and what comes with it.
        if (this.facts.subscription) soon ??= setTimeout(resolve, 20, null);
      }
    } finally {
      this.#busy = false;
      clearTimeout(timer);
      if (soon) clearTimeout(soon);
    }
  }

  /** Whether a page that is full was the last one: then it says so, and no context stays open for nothing. */
  async #endsHere(): Promise<boolean> {
    if (this.facts.subscription) return false;
    const { promise: late, resolve } = Promise.withResolvers<null>();
    const timer = setTimeout(resolve, patienceForEnd, null);
    const ended = await this.#source.ended(late);
    clearTimeout(timer);
    return ended;
  }

  end(): void {
    this.facts.abort.abort();
    this.#source.end();
  }
}
