import { merkleRoot, type PackEntry, type VersionIndex } from '@atelier/trim';
import type { KnownBlocks, KnownFrame } from './known-blocks.ts';
import type { PackedImage } from './pack-image.ts';

export type AssembledIndex = {
  readonly index: VersionIndex;
  readonly packs: readonly PackEntry[];
  readonly root: string;
  /** different non-zero blocks of the image */
  readonly distinct: number;
};

/** The index of a packed image: only the frames (and packs) that it uses, numbered anew. */
export function assembleIndex(image: PackedImage, known: KnownBlocks): AssembledIndex {
  const used = new Uint8Array(known.digests.count);
  for (const value of image.map) if (value !== 0) used[value - 1] = 1;
  let distinct = 0;
  for (const one of used) distinct += one;
  const chosen = withChains(known.frames, ({ first, blocks }) => used.subarray(first, first + blocks).includes(1)).sort(
    (a, b) => a.pack - b.pack || a.offset - b.offset,
  );
  const packPlace = new Map<number, number>();
  for (const { pack } of chosen) if (!packPlace.has(pack)) packPlace.set(pack, packPlace.size);
  const count = chosen.length;
  const frames = {
    count,
    packs: packPlace.size,
    pack: new Uint32Array(count),
    offset: new Float64Array(count),
    length: new Uint32Array(count),
    first: new Uint32Array(count + 1),
    hashAt: new Uint32Array(count),
    prefix: new Uint32Array(count),
    digests: new Uint8Array(count * 32),
  };
  const refOfBlock = new Uint32Array(known.digests.count);
  const digests = new Uint8Array(chosen.reduce((sum, { blocks }) => sum + blocks, 0) * 32);
  let ref = 0;
  for (const [f, frame] of chosen.entries()) {
    frames.pack[f] = packPlace.get(frame.pack) as number;
    frames.offset[f] = frame.offset;
    frames.length[f] = frame.length;
    frames.hashAt[f] = frame.hashAt;
    frames.prefix[f] = frame.prefix;
    frames.digests.set(frame.digest, f * 32);
    digests.set(known.digests.bytes(frame.first, frame.first + frame.blocks), ref * 32);
    for (let i = 0; i < frame.blocks; i++) refOfBlock[frame.first + i] = ref + i;
    ref += frame.blocks;
    frames.first[f + 1] = ref;
  }
  const map = image.map.map((value) => (value === 0 ? 0 : (refOfBlock[value - 1] as number) + 1));
  const index: VersionIndex = { kind: 'version-index', size: image.size, frames, map };
  const packs = [...packPlace.keys()].map((pack) => known.packs[pack] as PackEntry);
  return { index, packs, root: merkleRoot(image.size, map, digests), distinct };
}

/** The frames that are `used`, and those that come before one in its chain. `frames` are in the order of their packs. */
function withChains(frames: readonly KnownFrame[], used: (frame: KnownFrame) => boolean): KnownFrame[] {
  const chosen: KnownFrame[] = [];
  let needed = false;
  for (let f = frames.length - 1; f >= 0; f--) {
    const frame = frames[f] as KnownFrame;
    needed ||= used(frame);
    if (needed) chosen.push(frame);
    if (frame.prefix === 0) needed = false;
  }
  return chosen.reverse();
}
