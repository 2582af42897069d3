import type { EnumeratedItem } from '@atelier/plugin-kit';

/** Draws items one by one, keeps one that did not fit, and survives a wait that was given up: no item is lost. */
export class ItemSource {
  readonly #iterator: AsyncIterator<EnumeratedItem>;
  #pending: Promise<IteratorResult<EnumeratedItem>> | null = null;
  #held: IteratorResult<EnumeratedItem> | null = null;

  constructor(items: AsyncIterable<EnumeratedItem>) {
    this.#iterator = items[Symbol.asyncIterator]();
  }

  /** The next item; null when `late` resolves first. */
  async next(late: Promise<null>): Promise<IteratorResult<EnumeratedItem> | null> {
    if (this.#held) {
      const held = this.#held;
      this.#held = null;
      return held;
    }
    this.#pending ??= this.#iterator.next();
    const result = await Promise.race([this.#pending, late]);
    if (result) this.#pending = null;
    return result;
  }

  /** Puts an item back: the next call gives it again. */
  hold(result: IteratorResult<EnumeratedItem>): void {
    this.#held = result;
  }

  /** Tells the provider that nobody draws any more. */
  end(): void {
    this.#pending?.catch(() => {});
    void this.#iterator.return?.().catch(() => {});
  }
}
