import { blockBytes } from '@atelier/trim';
import { writeBlocks } from './disk-blocks.ts';
import type { TransferShared } from './transfer-tasks.ts';

/**
 * Writes verified blocks, `content` being those of the refs from `first` on, wherever the image lacks them; neighbours in one
 * call. Gives the bytes that were missing and now are there.
 */
export function writeRefs(shared: TransferShared, first: number, content: Uint8Array): number {
  const { uses, done, size } = shared;
  let bytes = 0;
  let run = { entry: 0, block: 0, count: 0 };
  const flush = () => {
    if (run.count === 0) return;
    const stretch = content.subarray(run.entry * blockBytes, (run.entry + run.count) * blockBytes);
    bytes += writeBlocks(shared.diskFd, run.block, stretch, size);
    done.fill(1, run.block, run.block + run.count);
  };
  for (let entry = 0; entry * blockBytes < content.length; entry++) {
    const end = uses.first[first + entry + 1] as number;
    for (let u = uses.first[first + entry] as number; u < end; u++) {
      const block = uses.blocks[u] as number;
      if (done[block] === 1) continue;
      if (run.count > 0 && entry === run.entry + run.count && block === run.block + run.count) {
        run.count++;
        continue;
      }
      flush();
      run = { entry, block, count: 1 };
    }
  }
  flush();
  return bytes;
}
