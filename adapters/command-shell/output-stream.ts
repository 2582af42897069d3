import type { Readable } from 'node:stream';

/** One stream of a command, read only when the client asks: until then the command is held back by its own pipe. */
export class OutputStream {
  readonly name: string;
  readonly #source: Readable;
  readonly #recode: (bytes: Buffer, last: boolean) => Buffer;
  #ended = false;

  constructor(name: string, source: Readable, recode: (bytes: Buffer, last: boolean) => Buffer, changed: () => void) {
    this.name = name;
    this.#source = source;
    this.#recode = recode;
    source.on('readable', changed);
    const end = () => {
      this.#ended = true;
      changed();
    };
    source.once('end', end);
    source.once('close', end);
  }

  /** Everything was taken. */
  get ended(): boolean {
    return this.#ended;
  }

  /** What is there now, at most `maxBytes`; null when there is nothing. */
  take(maxBytes: number): Buffer | null {
    if (this.#ended) return null;
    const length = Math.min(this.#source.readableLength, maxBytes);
    const bytes: Buffer | null = length > 0 ? this.#source.read(length) : this.#source.read(0);
    return bytes && bytes.length > 0 ? this.#recode(bytes, false) : null;
  }

  /** What waited for the rest of a letter that never came. */
  rest(): Buffer {
    return this.#recode(Buffer.alloc(0), true);
  }

  /** Nobody will read: what comes is thrown away. */
  discard(): void {
    this.#source.removeAllListeners('readable');
    this.#source.resume();
  }
}
