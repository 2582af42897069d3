const withinMs = 30_000;

/** What was opened, to be closed in the other order when the server stops or does not come up. */
export class Opened {
  readonly #closers: { readonly name: string; readonly close: () => unknown }[] = [];
  readonly #failed: (name: string, error: unknown) => void;
  #closing: Promise<void> | undefined;

  /** `failed` hears of a part that did not close, or not within 30 seconds; the others are closed all the same. */
  constructor(failed: (name: string, error: unknown) => void) {
    this.#failed = failed;
  }

  push(name: string, close: () => unknown): void {
    this.#closers.push({ name, close });
  }

  /** Closes everything; later calls wait for the first. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const { name, close } of this.#closers.toReversed()) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`it did not stop within ${withinMs / 1000} s`)), withinMs);
      });
      try {
        await Promise.race([close(), late]);
      } catch (error) {
        this.#failed(name, error);
      } finally {
        clearTimeout(timer);
      }
    }
  }
}
