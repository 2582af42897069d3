import type { EventsDropped } from '@atelier/plugin-kit';

/** Values between producers and one consumer, at most so many: the oldest go first, and how many went is said in their place. */
export class EventQueue<T> {
  readonly #limit: number;
  readonly #told: (count: number) => void;
  #dropped = 0;
  #items: T[] = [];
  #wake: (() => void) | null = null;
  #error: { readonly error: unknown } | null = null;
  #closed = false;

  /** `told` hears of each value that is dropped, for statistics. */
  constructor(limit: number, told: (count: number) => void = () => undefined) {
    this.#limit = limit;
    this.#told = told;
  }

  push(item: T): void {
    this.#items.push(item);
    if (this.#items.length > this.#limit) {
      this.#items.shift();
      this.#dropped += 1;
      this.#told(1);
    }
    this.#wake?.();
  }

  /** Ends the queue with an error, after what is in it. */
  fail(error: unknown): void {
    this.#error ??= { error };
    this.#wake?.();
  }

  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  /** All values until the queue is closed. Throws what `fail` was given. */
  async *drain(): AsyncGenerator<T | EventsDropped> {
    for (;;) {
      const items = this.#items;
      const dropped = this.#dropped;
      this.#items = [];
      this.#dropped = 0;
      if (dropped > 0) yield { dropped };
      yield* items;
      if (this.#items.length > 0) continue;
      if (this.#error) throw this.#error.error;
      if (this.#closed) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
  }
}
