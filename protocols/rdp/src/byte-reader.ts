import { RdpError } from './rdp-error.ts';

const utf16 = new TextDecoder('utf-16le');

/** Reads a message from front to back; throws "truncated", naming the message, where it ends too early. Bytes given out are views. */
export class ByteReader {
  readonly #bytes: Buffer;
  readonly #what: string;
  #at = 0;

  /** `what` names the message in errors. */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#what = what;
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** How many bytes have been read. */
  get at(): number {
    return this.#at;
  }

  #take(length: number): number {
    if (length > this.left) throw new RdpError('truncated', `${this.#what} is cut short`);
    const at = this.#at;
    this.#at += length;
    return at;
  }

  /** An RdpError "malformed" about this message. */
  wrong(why: string): RdpError {
    return new RdpError('malformed', `${this.#what}: ${why}`);
  }

  u8(): number {
    return this.#bytes[this.#take(1)]!;
  }
  u16(): number {
    return this.#bytes.readUInt16LE(this.#take(2));
  }
  i16(): number {
    return this.#bytes.readInt16LE(this.#take(2));
  }
  u32(): number {
    return this.#bytes.readUInt32LE(this.#take(4));
  }
  i32(): number {
    return this.#bytes.readInt32LE(this.#take(4));
  }
  u16be(): number {
    return this.#bytes.readUInt16BE(this.#take(2));
  }

  bytes(length: number): Buffer {
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }
  skip(length: number): void {
    this.#take(length);
  }
  rest(): Buffer {
    return this.bytes(this.left);
  }

  /** What is left, without taking it. */
  peekRest(): Buffer {
    return this.#bytes.subarray(this.#at);
  }

  /** A part of its own, for fields whose length is given; `what` names it. */
  part(length: number, what = this.#what): ByteReader {
    return new ByteReader(this.bytes(length), what);
  }

  /** `length` bytes of UTF-16LE up to the first NUL. Lone surrogates become U+FFFD. */
  utf16(length: number): string {
    if (length % 2 !== 0) throw this.wrong('a UTF-16 text has an odd length');
    return upToNul(utf16.decode(this.bytes(length)));
  }

  /** `length` bytes of an 8-bit text up to the first NUL, as Windows-1252's common part Latin-1. */
  ansi(length: number): string {
    return upToNul(this.bytes(length).toString('latin1'));
  }
}

function upToNul(text: string): string {
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}
