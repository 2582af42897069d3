import { describe, expect, it } from 'vitest';
import { chainStart } from './chains.ts';
import { decodeIndex } from './decode-index.ts';
import { encodeIndex } from './encode-index.ts';
import { planTransfer } from './plan-transfer.ts';
import { framesIndex } from './testing/frames-index.ts';
import type { VersionIndex } from './version-index.ts';

const chained = (prefix: readonly number[], map: readonly number[]) =>
  framesIndex(
    prefix.map((_, f) => f + 1),
    map,
    { prefix },
  );
const pack = (frames: number) => [
  {
    digest: '0'.repeat(64),
    length: 8 + frames * 1000 + 500,
    frames,
    blocks: frames * 4,
    hashesOffset: 8 + frames * 1000,
  },
];
const all = (blocks: number) => Array.from({ length: blocks }, (_, i) => i + 1);
const fetched = (index: VersionIndex, host: readonly number[]) => {
  const flags = new Uint8Array(index.frames.count * 4);
  for (const frame of host) flags.fill(1, frame * 4, frame * 4 + 4);
  const plan = planTransfer({ target: index, previous: [], host: flags });
  return {
    frames: plan.requests.flatMap((request) => request.frames.map(({ frame }) => frame)),
    early: [...plan.earlyFrames.keys()].filter((frame) => plan.earlyFrames[frame] === 1),
  };
};

describe('a chain', () => {
  it('begins where a frame has no prefix, and comes back from an index as it was', () => {
    const index = chained([0, 4, 8, 0, 2], all(20));
    expect([0, 1, 2, 3, 4].map((frame) => chainStart(index.frames, frame))).toEqual([0, 0, 0, 3, 3]);
    expect(decodeIndex(encodeIndex(index), { size: index.size, packs: pack(5) }).frames).toEqual(index.frames);
  });

  it('is refused where a prefix reaches back before it, or where it has a gap', () => {
    const code = (code: string) => expect.objectContaining({ code });
    const decode = (index: VersionIndex) => decodeIndex(encodeIndex(index), { size: index.size, packs: pack(9) });
    expect(() => decode(chained([0, 5], all(8)))).toThrow(code('trim.format'));
    expect(() => decode(chained([1], all(4)))).toThrow(code('trim.format'));
    const gap = chained([0, 4], all(8));
    gap.frames.offset[1] = 1009;
    expect(() => decode(gap)).toThrow(code('trim.format'));
  });

  it('lets a frame be fetched alone when its prefix is at hand, which is then copied first', () => {
    const index = chained([0, 4, 8, 0, 2], all(20));
    expect(fetched(index, [0, 1, 3])).toEqual({ frames: [2, 4], early: [0, 1, 3] });
    expect(fetched(index, [1, 3, 4])).toEqual({ frames: [0, 2], early: [1] });
  });

  it('makes a frame be fetched when a block of a prefix has no place in the image', () => {
    const index = chained(
      [0, 4, 4],
      all(12).filter((value) => value !== 6),
    );
    expect(fetched(index, [0, 1])).toEqual({ frames: [1, 2], early: [0] });
    expect(fetched(index, [2])).toEqual({ frames: [0, 1], early: [] });
  });
});
