import { readSync } from 'node:fs';
import { buffersUsed, serveTasks } from '@atelier/adapters/thread-pool';
import { blockBytes, blockDigest, frameDictionary, frameDigest, sealFrame, zstdCompress } from '@atelier/trim';
import { openChain } from './open-chain.ts';
import type { CompressTask, HashTask, VerifyTask } from './pack-tasks.ts';

const zeros = Buffer.alloc(1024 * 1024);

serveTasks((task: HashTask | CompressTask | VerifyTask) => {
  switch (task.kind) {
    case 'hash':
      return { value: hashChunk(task) };
    case 'compress':
      return compressFrame(task);
    case 'verify':
      return { value: wrongWith(task) };
  }
});

/** Reads a stretch of the disk; zero blocks are told apart, all others get their sha256. */
function hashChunk({ fd, offset, length, into }: HashTask): void {
  const padded = Math.ceil(length / blockBytes) * blockBytes;
  const bytes = Buffer.from(into.bytes.buffer, into.bytes.byteOffset, padded);
  let done = 0;
  while (done < length) {
    const read = readSync(fd, bytes, done, length - done, offset + done);
    if (read === 0)
      throw Object.assign(new Error('the disk became shorter while it was read'), { code: 'trim.source-changed' });
    done += read;
  }
  bytes.fill(0, length);
  const blocks = padded / blockBytes;
  into.used.fill(0);
  if (padded <= zeros.length && bytes.compare(zeros, 0, padded) === 0) return;
  for (let i = 0; i < blocks; i++) {
    const block = bytes.subarray(i * blockBytes, (i + 1) * blockBytes);
    if (block.compare(zeros, 0, blockBytes) === 0) continue;
    into.used[i] = 1;
    into.digests.set(blockDigest(block), i * 32);
  }
}

/** A frame as it will lie in the pack, with its digest. */
function compressFrame({ content, digests, first, blocks, prefix, level, key }: CompressTask) {
  const digest = frameDigest(digests.subarray(first * 32, (first + blocks) * 32));
  const start = first * blockBytes;
  const dictionary = prefix > 0 ? frameDictionary([content.subarray(start - prefix * blockBytes, start)]) : undefined;
  const packed = zstdCompress(content.subarray(start, start + blocks * blockBytes), level, dictionary);
  const stored = Uint8Array.from(key ? sealFrame(packed, key, digest) : packed);
  buffersUsed(packed.buffer.byteLength + (dictionary?.length ?? 0) + stored.length);
  const value = { stored, digest: Uint8Array.from(digest) };
  return { value, transfer: [stored.buffer] };
}

function wrongWith({ chain, key }: VerifyTask): readonly (string | undefined)[] {
  const wrong: (string | undefined)[] = [];
  const contents = openChain(chain, key);
  for (const { blocks, digest } of chain) {
    try {
      const content = contents.next().value as Uint8Array | undefined;
      if (!content) throw new Error('the frame before it in its chain cannot be opened');
      const digests = Buffer.alloc(blocks * 32);
      for (let i = 0; i < blocks; i++)
        blockDigest(content.subarray(i * blockBytes, (i + 1) * blockBytes)).copy(digests, i * 32);
      const right = frameDigest(digests).equals(digest);
      wrong.push(right ? undefined : 'its blocks have another digest than the directory says');
    } catch (error) {
      wrong.push((error as Error).message);
    }
  }
  return wrong;
}
