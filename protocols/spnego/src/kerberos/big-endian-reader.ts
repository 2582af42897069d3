import { plainBytes } from '../crypto/hashes.ts';
import { SpnegoError } from '../spnego-error.ts';

/** Reads the numbers and counted strings of Kerberos's files; running over the end is `spnego.malformed`. */
export class BigEndianReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #what: string;
  #at = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = plainBytes(bytes);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#what = what;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(length: number): Uint8Array {
    if (length > this.left) throw this.wrong('is cut off');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  #next(length: number): number {
    const at = this.#at;
    this.take(length);
    return at;
  }

  u8(): number {
    return this.#view.getUint8(this.#next(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#next(2));
  }

  u32(): number {
    return this.#view.getUint32(this.#next(4));
  }

  i32(): number {
    return this.#view.getInt32(this.#next(4));
  }

  /** A count of things that take at least `each` octets, so that it cannot promise more than there is. */
  count(value: number, each: number): number {
    if (value * each > this.left) throw this.wrong('announces more than it holds');
    return value;
  }

  wrong(why: string): SpnegoError {
    return new SpnegoError('spnego.malformed', `${this.#what} ${why}`);
  }
}
