/** Builds a message from front to back. Numbers are little endian unless the name says otherwise. */
export class ByteWriter {
  #bytes = Buffer.alloc(64);
  #at = 0;

  #room(length: number): number {
    const at = this.#at;
    if (at + length > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(this.#bytes.length * 2, at + length));
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
    }
    this.#at += length;
    return at;
  }

  /** How many bytes have been written. */
  get length(): number {
    return this.#at;
  }

  u8(...values: readonly number[]): this {
    for (const value of values) this.#bytes.writeUInt8(value & 0xff, this.#room(1));
    return this;
  }
  u16(...values: readonly number[]): this {
    for (const value of values) this.#bytes.writeUInt16LE(value & 0xffff, this.#room(2));
    return this;
  }
  u32(...values: readonly number[]): this {
    for (const value of values) this.#bytes.writeUInt32LE(value >>> 0, this.#room(4));
    return this;
  }
  u16be(...values: readonly number[]): this {
    for (const value of values) this.#bytes.writeUInt16BE(value & 0xffff, this.#room(2));
    return this;
  }
  bytes(bytes: Uint8Array): this {
    this.#bytes.set(bytes, this.#room(bytes.length));
    return this;
  }
  zeros(count: number): this {
    const at = this.#room(count);
    this.#bytes.fill(0, at, at + count);
    return this;
  }
  ascii(text: string): this {
    return this.bytes(Buffer.from(text, 'latin1'));
  }
  utf16(text: string): this {
    return this.bytes(Buffer.from(text, 'utf16le'));
  }
  /** Overwrites a 16-bit number written before. */
  patchU16(at: number, value: number): this {
    this.#bytes.writeUInt16LE(value & 0xffff, at);
    return this;
  }
  done(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }
}

/** `bytes` of hexadecimal text, blanks ignored: for constants that the specification gives as bytes. */
export const hexBytes = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');
