import { blockBytes, blockDigest } from '@atelier/trim';
import { readBlocks, writeBlocks } from './disk-blocks.ts';
import type { CopyDone, CopyTask, TransferShared } from './transfer-tasks.ts';

const chunkBlocks = 256;
const buffer = Buffer.allocUnsafe(chunkBlocks * blockBytes);

/** Copies blocks of a previous disk, each verified as it is read. Blocks that changed under their index are told as bad. */
export function copyBlocks(shared: TransferShared, { previous, runs }: CopyTask): CopyDone {
  const fd = shared.previousFds[previous] as number;
  const bad: number[] = [];
  let bytes = 0;
  for (let r = 0; r < runs.length; r += 3) {
    const [target, source, count] = [runs[r] as number, runs[r + 1] as number, runs[r + 2] as number];
    for (let at = 0; at < count; at += chunkBlocks)
      bytes += copyChunk(
        shared,
        readBlocks(fd, source + at, Math.min(chunkBlocks, count - at), buffer),
        target + at,
        bad,
      );
  }
  return { bytes, bad };
}

function copyChunk(shared: TransferShared, chunk: Buffer, target: number, bad: number[]): number {
  const blocks = chunk.length / blockBytes;
  let bytes = 0;
  let from = 0;
  for (let i = 0; i <= blocks; i++) {
    if (i < blocks && isBlock(shared, target + i, chunk.subarray(i * blockBytes, (i + 1) * blockBytes))) continue;
    if (i > from) {
      bytes += writeBlocks(
        shared.diskFd,
        target + from,
        chunk.subarray(from * blockBytes, i * blockBytes),
        shared.size,
      );
      shared.done.fill(1, target + from, target + i);
    }
    if (i < blocks) bad.push(target + i);
    from = i + 1;
  }
  return bytes;
}

/** Whether `bytes` are what block `block` of the image must be. */
export function isBlock(shared: TransferShared, block: number, bytes: Uint8Array): boolean {
  const ref = (shared.map[block] as number) - 1;
  return ref >= 0 && blockDigest(bytes).compare(shared.digests, ref * 32, ref * 32 + 32) === 0;
}
