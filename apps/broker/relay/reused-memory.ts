import type { OnReadOpts } from 'node:net';

const smallest = 1024;
const largest = 256 * 1024;
/** Pieces of the smallest size that nobody uses: most connections come and go without ever needing more, and to make one costs as much as to read by it. */
const spare: Buffer[] = [];
const mostSpare = 256;
/** After so many short portions in a row the memory is made small again: most sessions rest most of the time. */
const restsAfter = 64;

/** Takes bytes that are valid until it returns, or, when it returns false, until the socket is resumed: it is read no further meanwhile. */
export type TakeBytes = (bytes: Buffer) => boolean;

/**
 * Memory that a socket is read into again and again, instead of a new piece for each portion: collecting those was a fifth of a loaded relay's time. Grows while
 * portions fill it. `onread` goes to `connect`.
 */
export class ReusedMemory {
  readonly onread: OnReadOpts;
  #memory = spare.pop() ?? Buffer.allocUnsafeSlow(smallest);
  #short = 0;
  #take: TakeBytes;

  constructor(take: TakeBytes) {
    this.#take = take;
    this.onread = { buffer: () => this.#memory, callback: (length) => this.#read(length) };
  }

  /** Somebody else takes the bytes from now on. */
  giveTo(take: TakeBytes): void {
    this.#take = take;
  }

  /** For when its socket, and whatever its bytes were written to, are closed. */
  giveBack(): void {
    if (this.#memory.length === smallest && spare.length < mostSpare) spare.push(this.#memory);
  }

  #read(length: number): boolean {
    const read = this.#memory;
    if (length === read.length && length < largest) this.#memory = Buffer.allocUnsafeSlow(length * 4);
    this.#short = length < smallest ? this.#short + 1 : 0;
    if (this.#short >= restsAfter && read.length > smallest) this.#memory = Buffer.allocUnsafeSlow(smallest);
    return this.#take(read.subarray(0, length));
  }
}
