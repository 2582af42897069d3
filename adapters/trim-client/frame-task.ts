import { writeSync } from 'node:fs';
import {
  blockBytes,
  blockDigest,
  frameDictionary,
  frameDigest,
  openFrame,
  TrimError,
  zstdDecompress,
} from '@atelier/trim';
import { readBlocks, writeBlocks } from './disk-blocks.ts';
import { journalEntry } from './journal.ts';
import type { FrameDone, FrameTask, TransferShared } from './transfer-tasks.ts';

/**
 * Opens a frame, verifies it against its digest, writes the blocks that the image still lacks, and then notes it in the
 * journal: in this order, so that whatever the journal knows was written.
 */
export function frameTask(shared: TransferShared, task: FrameTask): FrameDone {
  const { frames } = shared;
  const first = frames.first[task.frame] as number;
  const blocks = (frames.first[task.frame + 1] as number) - first;
  const wanted = frames.digests.slice(task.frame * 32, task.frame * 32 + 32);
  let content: Uint8Array;
  try {
    const packed = shared.key ? openFrame(task.stored, shared.key, wanted) : task.stored;
    content = zstdDecompress(packed, blocks * blockBytes, `frame ${task.frame}`, dictionary(shared, task));
  } catch (error) {
    if (error instanceof TrimError && error.code === 'trim.format') return { ok: false, why: error.message };
    throw error;
  }
  const digests = Buffer.alloc(blocks * 32);
  for (let i = 0; i < blocks; i++)
    blockDigest(content.subarray(i * blockBytes, (i + 1) * blockBytes)).copy(digests, i * 32);
  if (!frameDigest(digests).equals(wanted))
    return { ok: false, why: 'its blocks do not have the digest that the index says' };
  shared.digests.set(digests, first * 32);
  const bytes = writeFrame(shared, first, blocks, content);
  writeSync(shared.journalFd, journalEntry(task.frame, digests));
  return { ok: true, bytes };
}

function dictionary(shared: TransferShared, { references }: FrameTask): Uint8Array | undefined {
  if (!references) return undefined;
  const parts: Uint8Array[] = [];
  for (let r = 0; r < references.runs.length; r += 2) {
    const count = references.runs[r + 1] as number;
    const fd = shared.previousFds[references.previous] as number;
    parts.push(readBlocks(fd, references.runs[r] as number, count, Buffer.allocUnsafe(count * blockBytes)));
  }
  return frameDictionary(parts);
}

/** Writes each block wherever the image has it; neighbours in one call. Gives the bytes that were missing and now are there. */
function writeFrame(shared: TransferShared, first: number, blocks: number, content: Uint8Array): number {
  const { uses, done, size } = shared;
  let bytes = 0;
  let run = { entry: 0, block: 0, count: 0 };
  const flush = () => {
    if (run.count === 0) return;
    bytes += writeBlocks(
      shared.diskFd,
      run.block,
      content.subarray(run.entry * blockBytes, (run.entry + run.count) * blockBytes),
      size,
    );
    done.fill(1, run.block, run.block + run.count);
  };
  for (let entry = 0; entry < blocks; entry++) {
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
