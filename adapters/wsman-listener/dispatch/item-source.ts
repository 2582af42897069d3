import type { EnumeratedItem } from '@atelier/plugin-kit';
import type { XmlContent } from '@atelier/wsman';

/** An item of an enumeration; of a subscription with where it stands among the events. */
export type DrawnItem = EnumeratedItem & { readonly bookmark?: XmlContent };

/** Draws items one by one, keeps one that did not fit, and survives a wait that was given up: no item is lost. */
export class ItemSource {
  readonly #iterator: AsyncIterator<DrawnItem>;
  #pending: Promise<IteratorResult<DrawnItem>> | null = null;
  #held: IteratorResult<DrawnItem> | null = null;

  constructor(items: AsyncIterable<DrawnItem>) {
    this.#iterator = items[Symbol.asyncIterator]();
  }

  /** The next item; null when `late` resolves first. */
  async next(late: Promise<null>): Promise<IteratorResult<DrawnItem> | null> {
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

  /** Whether there is nothing more, as far as is known before `late` resolves; what comes, an error too, is for the next call of `next`. */
  async ended(late: Promise<null>): Promise<boolean> {
    if (this.#held) return this.#held.done === true;
    this.#pending ??= this.#iterator.next();
    const settled = this.#pending.then(
      ({ done }) => done === true,
      () => false,
    );
    return (await Promise.race([settled, late])) ?? false;
  }

  /** Puts an item back: the next call gives it again. */
  hold(result: IteratorResult<DrawnItem>): void {
    this.#held = result;
  }

  /** Tells the provider that nobody draws any more. */
  end(): void {
    this.#pending?.catch(() => {});
    void this.#iterator.return?.().catch(() => {});
  }
}
