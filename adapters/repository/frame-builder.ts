import type { ThreadPool } from '@atelier/adapters/thread-pool';
import { blockBytes } from '@atelier/trim';
import type { CompressedFrame, CompressTask, HashedChunk } from './pack-tasks.ts';
import type { PackWriter } from './pack-writer.ts';

type FrameOptions = {
  readonly pool: ThreadPool;
  readonly writer: PackWriter;
  readonly level: number;
  readonly frameBlocks: number;
  readonly key?: Uint8Array;
};

/** Collects new blocks into frames, has them compressed by threads, and hands them to the pack in order. */
export class FrameBuilder {
  readonly #options: FrameOptions;
  #blocks: Buffer;
  #digests: Buffer;
  #count = 0;
  #first = -1;
  readonly #pending: { readonly first: number; readonly blocks: number; readonly frame: Promise<CompressedFrame> }[] =
    [];

  constructor(options: FrameOptions) {
    this.#options = options;
    this.#blocks = Buffer.alloc(0);
    this.#digests = Buffer.alloc(0);
  }

  /** Takes block `i` of a chunk as known block `block`; true when the frame is full and `flush` is due. */
  add(block: number, chunk: HashedChunk, i: number): boolean {
    const { frameBlocks } = this.#options;
    if (this.#count === 0) {
      this.#blocks = Buffer.from(new ArrayBuffer(frameBlocks * blockBytes));
      this.#digests = Buffer.from(new ArrayBuffer(frameBlocks * 32));
      this.#first = block;
    }
    this.#blocks.set(new Uint8Array(chunk.bytes, i * blockBytes, blockBytes), this.#count * blockBytes);
    this.#digests.set(new Uint8Array(chunk.digests, i * 32, 32), this.#count * 32);
    this.#count++;
    return this.#count === frameBlocks;
  }

  /** Has the frame compressed; waits while too many are under way. */
  async flush(): Promise<void> {
    if (this.#count === 0) return;
    const { pool, level, key } = this.#options;
    const blocks = this.#blocks.subarray(0, this.#count * blockBytes);
    const digests = this.#digests.subarray(0, this.#count * 32);
    const task: CompressTask = { kind: 'compress', blocks, digests, level, key };
    const frame = pool.run<CompressedFrame>(task, [blocks.buffer as ArrayBuffer, digests.buffer as ArrayBuffer]);
    frame.catch(() => undefined);
    this.#pending.push({ first: this.#first, blocks: this.#count, frame });
    this.#count = 0;
    while (this.#pending.length > pool.threads * 2) await this.#write();
  }

  /** Flushes and writes everything. */
  async end(): Promise<void> {
    await this.flush();
    while (this.#pending.length > 0) await this.#write();
  }

  /** Waits for what threads still do, so that nothing runs on after a failure. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#pending.map(({ frame }) => frame));
  }

  async #write(): Promise<void> {
    const next = this.#pending[0];
    if (!next) return;
    const done = await next.frame;
    this.#pending.shift();
    await this.#options.writer.append(done, next.first, next.blocks);
  }
}
