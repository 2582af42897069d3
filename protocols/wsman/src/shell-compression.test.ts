import { describe, expect, it } from 'vitest';
import { expandStream, packedLength, packStream } from './shell-compression.ts';
import { lettersBlock, linesBlock, zerosBlock } from './testing/xpress-blocks.ts';
import { expandXpressHuffman, XpressError } from './xpress-huffman.ts';

const bytes = (hex: string): number[] => [...Buffer.from(hex.replaceAll(' ', ''), 'hex')];

/** A block: lengths of codes by symbol, then the bits. */
function block(lengths: Readonly<Record<number, number>>, bits: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const [symbol, length] of Object.entries(lengths))
    table[Number(symbol) >> 1]! |= length << ((Number(symbol) & 1) * 4);
  return Uint8Array.from([...table, ...bytes(bits)]);
}
const range = (from: string, to: string, length: number) => {
  const [first, last] = [from.charCodeAt(0), to.charCodeAt(0)];
  return Object.fromEntries(Array.from({ length: last - first + 1 }, (_, index) => [first + index, length]));
};
const text = (data: Uint8Array) => Buffer.from(data).toString('latin1');

// The two examples of MS-XCA 3.2.
const alphabet = block(
  { ...range('a', 'v', 5), ...range('w', 'z', 4), 256: 4 },
  'd8 52 3e d7 94 11 5b e9 19 5f f9 d6 7c df 8d 04 00 00 00 00',
);
const abc = block({ 97: 3, 98: 3, 99: 2, 256: 2, 287: 2 }, 'a8 dc 00 00 ff 26 01');

function letters(count: number): string {
  let x = 2463534242;
  return Array.from({ length: count }, () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    x >>>= 0;
    return String.fromCharCode(97 + (x % 20));
  }).join('');
}

describe('a compressed block', () => {
  it('of the specification is unpacked', () => {
    expect(text(expandXpressHuffman(alphabet, 26))).toBe('abcdefghijklmnopqrstuvwxyz');
    expect(text(expandXpressHuffman(abc, 300))).toBe('abc'.repeat(100));
  });

  it('that another program made is unpacked', () => {
    const lines = Array.from({ length: 60 }, (_, n) => `line ${n}: ${n * n}\n`).join('');
    expect(text(expandXpressHuffman(linesBlock, lines.length))).toBe(lines);
    expect(expandXpressHuffman(zerosBlock, 65_536).every((one) => one === 0)).toBe(true);
    expect(text(expandXpressHuffman(lettersBlock, 2000))).toBe(letters(2000));
  });

  it('that is damaged or cut off ends in an error or in as many bytes, never in anything else', () => {
    let refused = 0;
    for (let seed = 0; seed < 4000; seed++) {
      const damaged = Uint8Array.from(seed % 2 ? linesBlock : abc);
      for (let n = 0; n <= seed % 3; n++)
        damaged[(seed * 7919 + n * 104_729) % damaged.length]! ^= 1 << ((seed + n) % 8);
      const cut = damaged.subarray(0, seed % 5 ? damaged.length : (seed * 31) % damaged.length);
      try {
        expect(expandXpressHuffman(cut, 300)).toHaveLength(300);
      } catch (error) {
        if (!(error instanceof XpressError)) throw error;
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(1000);
  });

  it.each([
    ['too short', new Uint8Array(255)],
    ['without codes', new Uint8Array(300)],
    ['with more codes than fit', new Uint8Array(300).fill(0x11)],
    ['with a match before its beginning', block({ 287: 1, 97: 1 }, '00 00 00 00 00 00')],
  ])('is refused when it is %s', (_, data) => {
    expect(() => expandXpressHuffman(data, 300)).toThrow(XpressError);
  });
});

describe('a compressed stream', () => {
  it('is written in blocks that are as long as they were, and read again', () => {
    for (const length of [0, 1, 65_536, 65_537, 200_000]) {
      const data = Buffer.alloc(length, 'what it is ');
      const packed = packStream(data);
      expect(packed.length).toBe(packedLength(length));
      expect(Buffer.compare(expandStream(packed, length), data)).toBe(0);
    }
    // As Windows sent it: 30 bytes, not compressed.
    const seen = Buffer.from('HQAdAA0KV2luZG93cyBJUCBDb25maWd1cmF0aW9uDQoNCg==', 'base64');
    expect(text(expandStream(seen, 100))).toBe('\r\nWindows IP Configuration\r\n\r\n');
    expect(packStream(expandStream(seen, 100))).toEqual(Uint8Array.from(seen));
  });

  it('may mix compressed blocks and others', () => {
    const header = new Uint8Array(4);
    new DataView(header.buffer).setUint16(0, 299, true);
    new DataView(header.buffer).setUint16(2, abc.length - 1, true);
    const data = Buffer.concat([packStream(Buffer.from('first ')), header, abc, packStream(Buffer.from(' last'))]);
    expect(text(expandStream(data, 1000))).toBe(`first ${'abc'.repeat(100)} last`);
    expect(() => expandStream(data, 310)).toThrow('more than 310 bytes');
    for (const end of [3, 4, 9, data.length - 1])
      expect(() => expandStream(data.subarray(0, end), 1000)).toThrow(XpressError);
  });
});
