/** Builds a message from front to back. Numbers are little endian unless the name says otherwise. */
export class ByteWriter {
  #bytes = Buffer.alloc(64);
  #at = 0;

  /** Moves the end on by `length` and gives the bytes, which may be others than before. */
  #room(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#at + length));
      this.#bytes.copy(larger, 0, 0, this.#at);
      this.#bytes = larger;
    }
    this.#at += length;
    return this.#bytes;
  }

  /** How many bytes have been written. */
  get length(): number {
    return this.#at;
  }

  u8(...values: readonly number[]): this {
    for (const value of values) this.#room(1).writeUInt8(value & 0xff, this.#at - 1);
    return this;
  }
  u16(...values: readonly number[]): this {
    for (const value of values) this.#room(2).writeUInt16LE(value & 0xffff, this.#at - 2);
    return this;
  }
  u32(...values: readonly number[]): this {
    for (const value of values) this.#room(4).writeUInt32LE(value >>> 0, this.#at - 4);
    return this;
  }
  u16be(...values: readonly number[]): this {
    for (const value of values) this.#room(2).writeUInt16BE(value & 0xffff, this.#at - 2);
    return this;
  }
  bytes(bytes: Uint8Array): this {
    this.#room(bytes.length).set(bytes, this.#at - bytes.length);
    return this;
  }
  zeros(count: number): this {
    this.#room(count).fill(0, this.#at - count, this.#at);
    return this;
  }
  ascii(text: string): this {
    return this.bytes(Buffer.from(text, 'latin1'));
  }
  utf16(text: string): this {
    return this.bytes(Buffer.from(text, 'utf16le'));
  }
  done(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }
}

/** `bytes` of hexadecimal text, blanks ignored: for constants that the specification gives as bytes. */
export const hexBytes = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');
