import { blockBytes, frameOfRef, lengthOfBlock } from '@atelier/trim';
import { isBlock } from './copy-blocks.ts';
import { readBlocks } from './disk-blocks.ts';
import type { CheckDone, CheckTask, TransferShared } from './transfer-tasks.ts';

const chunkBlocks = 256;
const buffer = Buffer.allocUnsafe(chunkBlocks * blockBytes);
const zeros = Buffer.alloc(blockBytes);

/** Hashes what an interrupted transfer left and marks the blocks that are right. Only frames that are `known` count. */
export function checkBlocks(shared: TransferShared, { from, to, known }: CheckTask): CheckDone {
  let bytes = 0;
  for (let first = from; first < to; first += chunkBlocks) {
    const chunk = readBlocks(shared.diskFd, first, Math.min(chunkBlocks, to - first), buffer);
    for (let i = 0; i * blockBytes < chunk.length; i++) {
      const value = shared.map[first + i] as number;
      const block = chunk.subarray(i * blockBytes, (i + 1) * blockBytes);
      // what was never written reads as zeros, and no referenced block is zero
      if (value === 0 || block.compare(zeros) === 0 || known[frameOfRef(shared.frames, value - 1)] !== 1) continue;
      if (!isBlock(shared, first + i, block)) continue;
      shared.done[first + i] = 1;
      bytes += lengthOfBlock(shared, first + i);
    }
  }
  return { bytes };
}
