import { readSync } from 'node:fs';
import { serveTasks } from '@atelier/adapters/thread-pool';
import { blockBytes, blockDigest, frameDigest, sealFrame, zstdCompress, zstdDecompress } from '@atelier/trim';
import type { CompressTask, HashTask, VerifyTask } from './pack-tasks.ts';

const zeros = Buffer.alloc(1024 * 1024);

serveTasks((task: HashTask | CompressTask | VerifyTask) => {
  switch (task.kind) {
    case 'hash':
      return hashChunk(task);
    case 'compress':
      return compressFrame(task);
    case 'verify':
      return { value: wrongWith(task) };
  }
});

/** Reads a stretch of the disk; zero blocks are told apart, all others get their sha256. */
function hashChunk({ fd, offset, length }: HashTask) {
  const padded = Math.ceil(length / blockBytes) * blockBytes;
  const bytes = Buffer.from(new ArrayBuffer(padded));
  let done = 0;
  while (done < length) {
    const read = readSync(fd, bytes, done, length - done, offset + done);
    if (read === 0)
      throw Object.assign(new Error('the disk became shorter while it was read'), { code: 'trim.source-changed' });
    done += read;
  }
  const blocks = padded / blockBytes;
  const digests = Buffer.from(new ArrayBuffer(blocks * 32));
  const used = new Uint8Array(new ArrayBuffer(blocks));
  if (padded > zeros.length || bytes.compare(zeros, 0, padded) !== 0)
    for (let i = 0; i < blocks; i++) {
      const block = bytes.subarray(i * blockBytes, (i + 1) * blockBytes);
      if (block.compare(zeros, 0, blockBytes) === 0) continue;
      used[i] = 1;
      blockDigest(block).copy(digests, i * 32);
    }
  const value = { bytes: bytes.buffer, digests: digests.buffer, used };
  return { value, transfer: [value.bytes, value.digests, used.buffer] };
}

/** A frame as it will lie in the pack, with its digest. */
function compressFrame({ blocks, digests, level, key }: CompressTask) {
  const digest = frameDigest(digests);
  const packed = zstdCompress(blocks, level);
  const stored = Uint8Array.from(key ? sealFrame(packed, key, digest) : packed);
  const value = { stored, digest: Uint8Array.from(digest) };
  return { value, transfer: [stored.buffer] };
}

function wrongWith({ stored, blocks, digest }: VerifyTask): string | undefined {
  let content: Uint8Array;
  try {
    content = zstdDecompress(stored, blocks * blockBytes, 'the frame');
  } catch (error) {
    return (error as Error).message;
  }
  const digests = Buffer.alloc(blocks * 32);
  for (let i = 0; i < blocks; i++)
    blockDigest(content.subarray(i * blockBytes, (i + 1) * blockBytes)).copy(digests, i * 32);
  return frameDigest(digests).equals(digest) ? undefined : 'its blocks have another digest than the directory says';
}
