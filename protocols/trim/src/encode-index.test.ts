import { describe, expect, it } from 'vitest';
import { decodeIndex } from './decode-index.ts';
import { encodeIndex } from './encode-index.ts';
import { sampleIndex } from './testing/sample-index.ts';
import { seededRandom } from './testing/seeded-random.ts';

describe('an index', () => {
  it('comes back as it was written, whatever its shape', () => {
    const random = seededRandom(1);
    for (let round = 0; round < 200; round++) {
      const { index, packs } = sampleIndex(random, 1 + random(600), random(30), 1 + random(4));
      const back = decodeIndex(encodeIndex(index), { size: index.size, packs });
      expect(back.map).toEqual(index.map);
      expect(back.frames).toEqual(index.frames);
      expect(back.size).toBe(index.size);
    }
  });

  it('is compact: a gigabyte of zeros and a run of a million blocks take a few bytes', () => {
    const { index, packs } = sampleIndex(seededRandom(2), 10, 1, 1);
    const map = new Uint32Array(300_000);
    map[299_999] = 1;
    const bytes = encodeIndex({ ...index, size: 300_000 * 4096, map });
    expect(bytes.length).toBeLessThan(120);
    expect(decodeIndex(bytes, { size: 300_000 * 4096, packs }).map).toEqual(map);
  });

  it('is refused when it belongs to a disk of another size, or has bytes left over', () => {
    const { index, packs } = sampleIndex(seededRandom(3), 50, 5);
    const bytes = encodeIndex(index);
    expect(() => decodeIndex(bytes, { size: index.size + 1, packs })).toThrow(
      expect.objectContaining({ code: 'trim.format' }),
    );
    const longer = Buffer.concat([bytes, Buffer.of(0)]);
    expect(() => decodeIndex(longer, { size: index.size, packs })).toThrow(/1 bytes too many/);
  });

  it('is refused before anything is allocated when it counts a thousand million entries', () => {
    const { index, packs } = sampleIndex(seededRandom(4), 50, 5);
    for (const at of [24, 28, 32]) {
      const bytes = Buffer.from(encodeIndex(index));
      bytes.writeUInt32LE(1_000_000_000, at);
      const before = process.memoryUsage().arrayBuffers;
      expect(() => decodeIndex(bytes, { size: index.size, packs })).toThrow(
        expect.objectContaining({ code: 'trim.format' }),
      );
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
    }
  });

  it('tells a later format from a damaged file', () => {
    const { index, packs } = sampleIndex(seededRandom(5), 5, 1);
    const bytes = Buffer.from(encodeIndex(index));
    bytes[7] = '2'.charCodeAt(0);
    expect(() => decodeIndex(bytes, { size: index.size, packs })).toThrow(
      expect.objectContaining({ code: 'trim.format-version' }),
    );
  });
});
