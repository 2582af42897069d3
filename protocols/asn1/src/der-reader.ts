import { Asn1Error } from './asn1-error.ts';
import { decodeTime } from './generalized-time.ts';
import { type DerLimits, derLimits } from './limits.ts';
import { decodeOid } from './object-identifier.ts';
import { type DerHeader, readHeader } from './read-header.ts';
import { context, tag as tags } from './tag.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const hex = (tag: number | undefined) => (tag === undefined ? 'nothing' : `tag 0x${tag.toString(16).padStart(2, '0')}`);

/**
 * Reads DER (X.690) from front to back. Every method takes the next element and throws `asn1.malformed` if it is another
 * one than asked for, or not DER; `asn1.limits` beyond the limits. Bytes that are given out are views of the input.
 */
export class DerReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #limits: DerLimits;
  readonly #depth: number;
  #at: number;

  constructor(bytes: Uint8Array, limits: DerLimits = derLimits, at = 0, end = bytes.length, depth = 0) {
    if (bytes.length > limits.bytes) throw new Asn1Error('asn1.limits', `a message has ${bytes.length} bytes`);
    if (depth > limits.depth) throw new Asn1Error('asn1.limits', `a message is nested more than ${limits.depth} deep`);
    // A Buffer's slice() is no copy, which would surprise those who get parts of it.
    this.#bytes =
      bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#limits = limits;
    this.#at = at;
    this.#end = end;
    this.#depth = depth;
  }

  /** The tag octet of the next element; undefined at the end. */
  peek(): number | undefined {
    return this.#at < this.#end ? this.#bytes[this.#at] : undefined;
  }

  /** Nothing may be left. */
  finish(): void {
    if (this.#at !== this.#end)
      throw new Asn1Error('asn1.malformed', `${hex(this.peek())} stands where nothing more is due`);
  }

  #take(tag: number | null): DerHeader {
    const header = this.#at < this.#end ? readHeader(this.#bytes, this.#at) : null;
    if (!header || header.end > this.#end) {
      if (this.#at < this.#end) throw new Asn1Error('asn1.malformed', 'an element is cut off');
      throw new Asn1Error('asn1.malformed', `nothing stands where ${tag === null ? 'an element' : hex(tag)} is due`);
    }
    if (tag !== null && header.tag !== tag)
      throw new Asn1Error('asn1.malformed', `${hex(header.tag)} stands where ${hex(tag)} is due`);
    this.#at = header.end;
    return header;
  }

  /** The content of an element with this tag. */
  content(tag: number): Uint8Array {
    const { start, end } = this.#take(tag);
    return this.#bytes.subarray(start, end);
  }

  /** The next element whole, header and all, whatever it is. Its inside is not checked. */
  element(): Uint8Array {
    const at = this.#at;
    const { end } = this.#take(null);
    return this.#bytes.subarray(at, end);
  }

  /** A reader of the inside of an element with this tag. */
  inside(tag: number): DerReader {
    const { start, end } = this.#take(tag);
    return new DerReader(this.#bytes, this.#limits, start, end, this.#depth + 1);
  }

  /** Reads the inside of an element with this tag, to its end. */
  within<T>(tag: number, read: (inside: DerReader) => T): T {
    const inside = this.inside(tag);
    const value = read(inside);
    inside.finish();
    return value;
  }

  sequence<T>(read: (inside: DerReader) => T): T {
    return this.within(tags.sequence, read);
  }

  /** `SEQUENCE OF`: reads elements until its end. */
  sequenceOf<T>(read: (inside: DerReader) => T): T[] {
    return this.sequence((inside) => {
      const values: T[] = [];
      while (inside.peek() !== undefined) {
        if (values.length >= this.#limits.elements)
          throw new Asn1Error('asn1.limits', `a list has more than ${this.#limits.elements} elements`);
        values.push(read(inside));
      }
      return values;
    });
  }

  /** `[n]` EXPLICIT. */
  explicit<T>(n: number, read: (inside: DerReader) => T): T {
    return this.within(context(n), read);
  }

  /** `[n]` EXPLICIT OPTIONAL: undefined if the next element is another one. */
  optional<T>(n: number, read: (inside: DerReader) => T): T | undefined {
    return this.peek() === context(n) ? this.explicit(n, read) : undefined;
  }

  /** The rest of this element, as extensions that we do not know: each must be a whole element. */
  skipRest(): void {
    for (let n = 0; this.peek() !== undefined; n++) {
      if (n >= this.#limits.elements) throw new Asn1Error('asn1.limits', 'an element has too many extensions');
      this.element();
    }
  }

  #integer(tag: number): number {
    const content = this.content(tag);
    if (content.length === 0) throw new Asn1Error('asn1.malformed', 'a number is empty');
    if (content.length > 1 && (content[0] === 0 || content[0] === 0xff) && (content[1]! & 0x80) === (content[0] & 0x80))
      throw new Asn1Error('asn1.malformed', 'a number is not in its shortest form');
    if (content.length > 6) throw new Asn1Error('asn1.limits', 'a number takes more than 48 bits');
    let value = (content[0] as number) & 0x80 ? -1 : 0;
    for (const octet of content) value = value * 256 + octet;
    return value;
  }

  /** An INTEGER of at most 48 bits. */
  integer(): number {
    return this.#integer(tags.integer);
  }

  enumerated(): number {
    return this.#integer(tags.enumerated);
  }

  boolean(): boolean {
    const content = this.content(tags.boolean);
    if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff))
      throw new Asn1Error('asn1.malformed', 'a truth value is neither 0 nor 255');
    return content[0] === 0xff;
  }

  octetString(): Uint8Array {
    return this.content(tags.octetString);
  }

  objectIdentifier(): string {
    return decodeOid(this.content(tags.objectIdentifier));
  }

  /** A BIT STRING: its octets, and how many bits of the last one are not used (these are zero). */
  bitString(): { readonly bytes: Uint8Array; readonly unused: number } {
    const content = this.content(tags.bitString);
    const unused = content[0] ?? 8;
    const last = content.length > 1 ? (content.at(-1) as number) : 0;
    if (unused > 7 || (content.length === 1 && unused > 0) || (last & ((1 << unused) - 1)) !== 0)
      throw new Asn1Error('asn1.malformed', 'a bit string is malformed');
    return { bytes: content.subarray(1), unused };
  }

  /** A BIT STRING of flags as an unsigned 32-bit number, bit 0 highest; missing bits are 0, and more than 32 are refused. */
  flags(): number {
    const { bytes } = this.bitString();
    if (bytes.length > 4) throw new Asn1Error('asn1.limits', 'flags take more than 32 bits');
    let value = 0;
    for (let i = 0; i < 4; i++) value = value * 256 + (bytes[i] ?? 0);
    return value;
  }

  /** Text of one of the string types, read as UTF-8 (which the KDCs write into GeneralString, too). */
  text(tag: number): string {
    const content = this.content(tag);
    try {
      return utf8.decode(content);
    } catch {
      throw new Asn1Error('asn1.malformed', 'a text is not UTF-8');
    }
  }

  /** A GeneralizedTime in ms since 1970. */
  time(): number {
    return decodeTime(this.text(tags.generalizedTime));
  }
}

/** Reads `bytes` as exactly one thing, with nothing after it. */
export function readDer<T>(bytes: Uint8Array, read: (reader: DerReader) => T, limits: DerLimits = derLimits): T {
  const reader = new DerReader(bytes, limits);
  const value = read(reader);
  reader.finish();
  return value;
}
