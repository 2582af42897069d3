/** Compressed data that make no sense. */
export class XpressError extends Error {
  override readonly name = 'XpressError';
}

/** Bytes of the table of code lengths: 512 symbols of four bits. */
const tableLength = 256;
const longestCode = 15;

/** By the next 15 bits: symbol and length of its code, as `symbol << 4 | length`; 0 where there is none. */
function decodeTable(bytes: Uint8Array): Uint16Array {
  const lengthOf = (symbol: number): number => (bytes[symbol >> 1]! >> ((symbol & 1) * 4)) & 15;
  const table = new Uint16Array(1 << longestCode);
  let next = 0;
  for (let length = 1; length <= longestCode; length++)
    for (let symbol = 0; symbol < 512; symbol++) {
      if (lengthOf(symbol) !== length) continue;
      const end = next + (1 << (longestCode - length));
      if (end > table.length) throw new XpressError('there are more codes than fit');
      table.fill((symbol << 4) | length, next, end);
      next = end;
    }
  return table;
}

/** The bits of a block, in 16-bit pieces from the left, and the bytes between them (MS-XCA 2.2.4). */
class BitReader {
  readonly #bytes: Uint8Array;
  #at: number;
  #bits: number;
  #extra = 16;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
    this.#bits = (this.#piece() << 16) | this.#piece();
  }

  byte(): number {
    if (this.#at >= this.#bytes.length) throw new XpressError('the data end too early');
    return this.#bytes[this.#at++]!;
  }

  word(): number {
    return this.byte() | (this.byte() << 8);
  }

  peek(count: number): number {
    return count === 0 ? 0 : this.#bits >>> (32 - count);
  }

  skip(count: number): void {
    this.#bits <<= count;
    this.#extra -= count;
    if (this.#extra >= 0) return;
    this.#bits |= this.#piece() << -this.#extra;
    this.#extra += 16;
  }

  /** Behind the end there may be reading ahead, of zeros. */
  #piece(): number {
    if (this.#at > this.#bytes.length + 2) throw new XpressError('the data end too early');
    const piece = (this.#bytes[this.#at] ?? 0) | ((this.#bytes[this.#at + 1] ?? 0) << 8);
    this.#at += 2;
    return piece;
  }
}

/** A match's length: its symbol's four bits, then a byte, then two, as far as it needs. */
function matchLength(symbol: number, reader: BitReader): number {
  let length = symbol & 15;
  if (length === 15) {
    const more = reader.byte();
    length = more === 255 ? reader.word() : more + 15;
    if (length < 15) throw new XpressError('a length is written longer than it is');
  }
  return length + 3;
}

/** Unpacks one block of LZ77 with Huffman codes (MS-XCA 2.2) into exactly `size` bytes, at most 65,536. Throws XpressError. */
export function expandXpressHuffman(bytes: Uint8Array, size: number): Uint8Array {
  if (bytes.length < tableLength || size > 65_536) throw new XpressError('this is no compressed block');
  const table = decodeTable(bytes);
  const reader = new BitReader(bytes, tableLength);
  const out = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    const code = table[reader.peek(longestCode)]!;
    if (code === 0) throw new XpressError('there is no such code');
    reader.skip(code & 15);
    const symbol = code >> 4;
    if (symbol < 256) {
      out[filled++] = symbol;
      continue;
    }
    const length = matchLength(symbol, reader);
    const offsetBits = (symbol - 256) >> 4;
    const offset = (1 << offsetBits) + reader.peek(offsetBits);
    reader.skip(offsetBits);
    if (offset > filled || filled + length > size) throw new XpressError('a match leads out of the block');
    for (const end = filled + length; filled < end; filled++) out[filled] = out[filled - offset]!;
  }
  return out;
}
