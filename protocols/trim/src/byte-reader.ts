import { TrimError } from './trim-error.ts';

/** Reads little-endian numbers and varints from bytes; running over the end is `trim.format`. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly what: string;
  at = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.bytes = bytes;
    this.what = what;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  magic(text: string): void {
    const found = Buffer.from(this.take(text.length)).toString('latin1');
    if (found === text) return;
    if (found.slice(0, -1) === text.slice(0, -1))
      throw new TrimError('trim.format-version', `${this.what} has format ${JSON.stringify(found)}`);
    throw this.wrong(`does not begin with ${text}`);
  }

  take(length: number): Uint8Array {
    if (length > this.left) throw this.wrong('is cut off');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  u32(): number {
    const b = this.take(4);
    return ((b[0] as number) | ((b[1] as number) << 8) | ((b[2] as number) << 16) | ((b[3] as number) << 24)) >>> 0;
  }

  /** A 64-bit number, which must be below 2^53. */
  u64(): number {
    const low = this.u32();
    const high = this.u32();
    if (high >= 2 ** 21) throw this.wrong('has a number above 2^53');
    return high * 2 ** 32 + low;
  }

  /** An unsigned LEB128 number below 2^53. */
  varint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw this.wrong('is cut off');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
      scale *= 128;
    }
    throw this.wrong('has a number above 2^53');
  }

  /** A varint from `low` to `high`; outside is `trim.limits`. */
  varintWithin(low: number, high: number, name: string): number {
    const value = this.varint();
    if (value < low || value > high)
      throw new TrimError('trim.limits', `${this.what}: ${name} is ${value}, allowed are ${low} to ${high}`);
    return value;
  }

  /** A signed varint in zigzag order (0, -1, 1, -2, …). */
  signed(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  end(): void {
    if (this.left !== 0) throw this.wrong(`has ${this.left} bytes too many`);
  }

  wrong(why: string): TrimError {
    return new TrimError('trim.format', `${this.what} ${why}`);
  }
}
