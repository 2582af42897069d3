import { limits } from './limits.ts';
import { TrimError } from './trim-error.ts';
import type { FrameTable } from './version-index.ts';

/**
 * The first frame of the chain of `frame`: frames with a prefix belong to the chain of the frame before them (README,
 * "Chains"). Whoever has a chain's blocks up to a frame can open that frame.
 */
export function chainStart({ prefix }: FrameTable, frame: number): number {
  let start = frame;
  while (start > 0 && (prefix[start] as number) > 0) start--;
  return start;
}

/**
 * Holds a frame table to the rules of chains: a prefix lies within its chain, and a chain lies in one pack without gaps.
 * Throws `trim.format`, `trim.limits`.
 */
export function checkChains(frames: FrameTable): void {
  const { count, prefix, first, pack, offset, length, hashAt } = frames;
  let start = 0;
  for (let f = 0; f < count; f++) {
    const blocks = prefix[f] as number;
    if (blocks === 0) start = f;
    const before = (first[f] as number) - (first[start] as number);
    if (blocks > before) throw new TrimError('trim.format', `frame ${f} has a prefix that begins before its chain`);
    if ((first[f + 1] as number) - (first[start] as number) > limits.chainBlocks)
      throw new TrimError('trim.limits', `the chain of frame ${f} has more than ${limits.chainBlocks} blocks`);
    if (blocks === 0) continue;
    const follows =
      pack[f] === pack[f - 1] &&
      offset[f] === (offset[f - 1] as number) + (length[f - 1] as number) &&
      hashAt[f] === (hashAt[f - 1] as number) + (first[f] as number) - (first[f - 1] as number);
    if (!follows) throw new TrimError('trim.format', `frame ${f} does not follow the frame that its prefix lies in`);
  }
}
