import { open } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { ThreadPool } from '@atelier/adapters/thread-pool';
import { blockBytes, blockCount, reviveTrimError, TrimError, trimIoError } from '@atelier/trim';
import { FrameBuilder } from './frame-builder.ts';
import type { FrameShape } from './frame-shape.ts';
import type { KnownBlocks } from './known-blocks.ts';
import type { HashedChunk, HashTask } from './pack-tasks.ts';
import type { PackWriter } from './pack-writer.ts';

const chunkBytes = 1024 * 1024;

export type PackedImage = {
  readonly size: number;
  /** by image block: 0 for zero, else the number of the known block plus one */
  readonly map: Uint32Array;
  readonly zero: number;
  /** blocks that were new to the repository */
  readonly added: number;
};

/** A pool of threads that hash and compress. */
export function packPool(workers = Math.min(4, availableParallelism())): ThreadPool {
  return new ThreadPool(new URL('./pack-worker.ts', import.meta.url), workers, undefined, reviveTrimError);
}

/**
 * Reads a raw disk once, in order: blocks that are known already are referred to, new ones are put into frames and packed.
 * The result does not depend on how many threads there are.
 */
export async function packImage(request: {
  readonly source: string;
  readonly known: KnownBlocks;
  readonly writer: PackWriter;
  readonly pool: ThreadPool;
  readonly level: number;
  readonly shape: FrameShape;
  readonly key?: Uint8Array;
  readonly onBytes: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}): Promise<PackedImage> {
  const { known, pool, signal } = request;
  const file = await open(request.source, 'r').catch((error) =>
    Promise.reject(trimIoError(error, 'the disk cannot be read')),
  );
  const frames = new FrameBuilder({ ...request, pool });
  try {
    const { size, mtimeMs } = await file.stat();
    if (size === 0) throw new TrimError('trim.limits', 'the disk is empty');
    const map = new Uint32Array(blockCount(size));
    let zero = 0;
    let added = 0;
    const ahead: Promise<HashedChunk>[] = [];
    const free = Array.from({ length: pool.threads * 2 + 2 }, newChunk);
    let asked = 0;
    for (let at = 0; at < size; at += chunkBytes) {
      signal?.throwIfAborted();
      for (; asked < size && free.length > 0; asked += chunkBytes) {
        const into = free.pop() as HashedChunk;
        const task: HashTask = {
          kind: 'hash',
          fd: file.fd,
          offset: asked,
          length: Math.min(chunkBytes, size - asked),
          into,
        };
        const chunk = pool.run(task, [], true).then(() => into);
        chunk.catch(() => undefined);
        ahead.push(chunk);
      }
      const chunk = await (ahead.shift() as Promise<HashedChunk>);
      const words = new Uint32Array(chunk.digests.buffer, chunk.digests.byteOffset, chunk.digests.length / 4);
      const blocks = Math.min(chunkBytes / blockBytes, map.length - at / blockBytes);
      for (let i = 0; i < blocks; i++) {
        if (chunk.used[i] === 0) {
          zero++;
          continue;
        }
        let block = known.digests.find(words, i * 8);
        if (block < 0) {
          block = known.digests.add(words, i * 8);
          added++;
          if (frames.add(block, chunk, i)) await frames.flush();
        }
        map[at / blockBytes + i] = block + 1;
      }
      free.push(chunk);
      request.onBytes(Math.min(at + chunkBytes, size), size);
    }
    await frames.end();
    const after = await file.stat();
    if (after.size !== size || after.mtimeMs !== mtimeMs)
      throw new TrimError('trim.source-changed', `${request.source} changed while it was read`);
    return { size, map, zero, added };
  } finally {
    await frames.settle();
    await file.close();
  }
}

function newChunk(): HashedChunk {
  const blocks = chunkBytes / blockBytes;
  return {
    bytes: new Uint8Array(new SharedArrayBuffer(chunkBytes)),
    digests: new Uint8Array(new SharedArrayBuffer(blocks * 32)),
    used: new Uint8Array(new SharedArrayBuffer(blocks)),
  };
}
