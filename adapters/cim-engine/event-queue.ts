/** Values between producers and one consumer, at most so many: the oldest go first. */
export class EventQueue<T> {
  readonly #limit: number;
  readonly #dropped: (count: number) => void;
  #items: T[] = [];
  #wake: (() => void) | null = null;
  #error: { readonly error: unknown } | null = null;
  #closed = false;

  constructor(limit: number, dropped: (count: number) => void) {
    this.#limit = limit;
    this.#dropped = dropped;
  }

  push(item: T): void {
    this.#items.push(item);
    if (this.#items.length > this.#limit) {
      this.#items.shift();
      this.#dropped(1);
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
  async *drain(): AsyncGenerator<T> {
    for (;;) {
      const items = this.#items;
      this.#items = [];
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
