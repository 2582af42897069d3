import { describe, expect, it } from 'vitest';
import { seededRandom } from '../testing/seeded-random.ts';
import { unpackInterleaved } from '../testing/unpack-interleaved.ts';
import { unpackPlanar } from '../testing/unpack-planar.ts';
import { writeBitmapData } from './bitmap-data.ts';
import { packInterleaved } from './interleaved.ts';
import { packPlanar } from './planar.ts';
import { splitTile } from './split-tile.ts';
import { bitmapUpdates, pointerUpdate } from './updates.ts';

const random = seededRandom(20261121);
const below = (limit: number) => Math.floor(random() * limit);

/** Pictures of every temper: noise, flat, few colours in runs, gradients. */
function samplePixels(count: number, mask: number): Uint32Array {
  const temper = below(4);
  const few = [0, mask, below(mask), below(mask)];
  let color = below(mask);
  return Uint32Array.from({ length: count }, (_, n) => {
    if (temper === 0) return below(mask + 1);
    if (temper === 1) return color;
    if (temper === 2) {
      if (random() < 0.1) color = few[below(4)]!;
      return color;
    }
    return (n * 3) & mask;
  });
}

const sizes = Array.from({ length: 150 }, () => ({ width: 4 * (1 + below(16)), height: 1 + below(32) }));

describe('packed bitmaps', () => {
  it('give the pixels back from the planar codec, with and without alpha', () => {
    for (const { width, height } of sizes) {
      const pixels = samplePixels(width * height, 0xffffff);
      for (const alpha of [true, false])
        expect(unpackPlanar(packPlanar(pixels, width, height, alpha), width, height)).toEqual(pixels);
    }
  });

  it('give the pixels back from interleaved run lengths of 16 and 24 bits', () => {
    for (const { width, height } of sizes)
      for (const bytes of [2, 3] as const) {
        const pixels = samplePixels(width * height, bytes === 2 ? 0xffff : 0xffffff);
        expect(unpackInterleaved(packInterleaved(pixels, width, bytes), width, pixels.length, bytes)).toEqual(pixels);
      }
  });

  it('of one colour shrink to nearly nothing', () => {
    const flat = new Uint32Array(64 * 32).fill(0x101318);
    expect(packPlanar(flat, 64, 32, false).length).toBeLessThan(220);
    expect(packInterleaved(flat, 64, 3).length).toBeLessThan(10);
  });
});

describe('TS_BITMAP_DATA', () => {
  const tile = { x: 10, y: 20, width: 2, height: 2, pixels: Uint32Array.of(0xff0000, 0x00ff00, 0x0000ff, 0xffffff) };

  it('holds inclusive edges, the padded width, and rows from the bottom', () => {
    const noise = { x: 0, y: 0, width: 4, height: 1, pixels: Uint32Array.of(0x123456, 0x9abcde, 0x0f1e2d, 0x708192) };
    const format = { colorDepth: 24, noBitmapHeader: true, skipAlpha: true };
    expect(writeBitmapData(noise, format).toString('hex')).toBe(
      '0000000003000000040001001800' + '0000' + '0c00' + '563412debc9a2d1e0f928170',
    );
    const bytes = writeBitmapData(tile, { colorDepth: 24, noBitmapHeader: true, skipAlpha: true });
    expect(bytes.subarray(0, 14).toString('hex')).toBe('0a0014000b001500040002001800');
    // Compressed or not, the bottom row comes first: blue, then white three times (two of them padding).
    const first = unpackInterleavedOrPlain(bytes);
    expect(first.slice(0, 4)).toEqual([0x0000ff, 0xffffff, 0xffffff, 0xffffff]);
  });

  function unpackInterleavedOrPlain(bytes: Buffer): number[] {
    const data = bytes.subarray(18);
    if ((bytes.readUInt16LE(14) & 1) !== 0) return [...unpackInterleaved(data, 4, 8, 3)];
    return Array.from({ length: 8 }, (_, n) => data.readUIntLE(n * 3, 3));
  }

  it('has a header of its own for clients that want one', () => {
    const flat = { ...tile, width: 64, height: 32, pixels: new Uint32Array(2048).fill(0x336699) };
    const bytes = writeBitmapData(flat, { colorDepth: 16, noBitmapHeader: false, skipAlpha: true });
    expect(bytes.readUInt16LE(14)).toBe(1);
    const body = bytes.readUInt16LE(16) - 8;
    expect([18, 20, 22, 24].map((at) => bytes.readUInt16LE(at))).toEqual([0, body, 128, 4096]);
  });
});

describe('updates', () => {
  it('split tiles that are too large, losing no pixel', () => {
    const large = { x: 5, y: 7, width: 130, height: 70, pixels: Uint32Array.from({ length: 9100 }, (_, n) => n) };
    const pieces = splitTile(large);
    expect(pieces).toHaveLength(9);
    for (const piece of pieces)
      piece.pixels.forEach((value, n) => {
        const [x, y] = [piece.x - 5 + (n % piece.width), piece.y - 7 + Math.floor(n / piece.width)];
        expect(value).toBe(y * 130 + x);
      });
  });

  it('stay below 16 KiB a message, on both paths', () => {
    const bitmaps = Array.from({ length: 40 }, () => new Uint8Array(8210));
    for (const fastPath of [true, false]) {
      const messages = bitmapUpdates(bitmaps, fastPath);
      expect(messages.length).toBeGreaterThan(20);
      for (const message of messages) expect(message.length).toBeLessThan(0x4000);
    }
  });

  it('hide and show the pointer', () => {
    expect(pointerUpdate('hidden', true).toString('hex')).toBe('008006050000');
    expect(pointerUpdate('arrow', true).toString('hex')).toBe('008006060000');
    expect(pointerUpdate('hidden', false).toString('hex')).toMatch(/0100000000000000$/);
  });
});
