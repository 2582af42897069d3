import { writeSync } from 'node:fs';
import { buffersUsed, freeBuffer } from '@atelier/adapters/thread-pool';
import { blockBytes, blockDigest, frameDigest, openFrame, TrimError, zstdDecompress } from '@atelier/trim';
import { dictionaryRoom } from './dictionary-room.ts';
import { readBlocks } from './disk-blocks.ts';
import { journalEntry } from './journal.ts';
import { readPrefix, spillBlocks } from './prefix-blocks.ts';
import type { FrameDone, FrameTask, TransferShared } from './transfer-tasks.ts';
import { writeRefs } from './write-refs.ts';

/**
 * Opens a frame, verifies it against its digest, writes the blocks that the image still lacks, and then notes it in the
 * journal: in this order, so that whatever the journal knows was written.
 */
export function frameTask(shared: TransferShared, task: FrameTask): FrameDone {
  try {
    return openAndWrite(shared, task);
  } finally {
    freeBuffer(task.stored);
  }
}

function openAndWrite(shared: TransferShared, task: FrameTask): FrameDone {
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
  const bytes = writeRefs(shared, first, content);
  spillBlocks(shared, task.frame, content);
  writeSync(shared.journalFd, journalEntry(task.frame, digests));
  freeBuffer(content);
  // what is left for a collection is what zlib keeps beside its answer
  buffersUsed(2 * digests.length + 64 * 1024);
  return { ok: true, bytes };
}

function dictionary(shared: TransferShared, { frame, references }: FrameTask): Uint8Array | undefined {
  if (!references) {
    if (shared.frames.prefix[frame] === 0) return undefined;
    const { dictionary, content } = dictionaryRoom((shared.frames.prefix[frame] as number) * blockBytes);
    if (!readPrefix(shared, frame, content))
      throw new TrimError('trim.format', `the prefix of frame ${frame} is not there`);
    return dictionary;
  }
  const { previous, runs } = references;
  let blocks = 0;
  for (let r = 1; r < runs.length; r += 2) blocks += runs[r] as number;
  const { dictionary, content } = dictionaryRoom(blocks * blockBytes);
  let filled = 0;
  for (let r = 0; r < runs.length; r += 2) {
    const [from, count] = [runs[r] as number, runs[r + 1] as number];
    filled += readBlocks(shared.previousFds[previous] as number, from, count, content.subarray(filled)).length;
  }
  return dictionary;
}
