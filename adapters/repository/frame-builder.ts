import type { ThreadPool } from '@atelier/adapters/thread-pool';
import { blockBytes } from '@atelier/trim';
import type { FrameShape } from './frame-shape.ts';
import type { CompressedFrame, CompressTask, HashedChunk } from './pack-tasks.ts';
import type { PackWriter } from './pack-writer.ts';

type FrameOptions = {
  readonly pool: ThreadPool;
  readonly writer: PackWriter;
  readonly level: number;
  readonly shape: FrameShape;
  readonly key?: Uint8Array;
};

/** Room for a chain on shared memory, used again when all its frames are compressed. */
type ChainRoom = { readonly content: Uint8Array; readonly digests: Uint8Array; frames: number };

type Pending = {
  readonly first: number;
  readonly blocks: number;
  readonly prefix: number;
  readonly room: ChainRoom;
  readonly frame: Promise<CompressedFrame>;
};

/** Collects new blocks into frames, has them compressed by threads, and hands them to the pack in order. */
export class FrameBuilder {
  readonly #options: FrameOptions;
  readonly #free: ChainRoom[] = [];
  readonly #pending: Pending[] = [];
  #room: ChainRoom | undefined;
  /** blocks of the chain, and those of them that are in frames already */
  #filled = 0;
  #framed = 0;
  #first = -1;

  constructor(options: FrameOptions) {
    this.#options = options;
  }

  /** Takes block `i` of a chunk as known block `block`; true when the frame is full and `flush` is due. */
  add(block: number, { bytes, digests }: HashedChunk, i: number): boolean {
    const { least, most } = this.#options.shape;
    if (this.#filled === this.#framed) this.#first = block;
    const room = this.#room ?? this.#newRoom();
    this.#room = room;
    const from = bytes.subarray(i * blockBytes, (i + 1) * blockBytes);
    room.content.set(from, this.#filled * blockBytes);
    room.digests.set(digests.subarray(i * 32, i * 32 + 32), this.#filled * 32);
    this.#filled++;
    const blocks = this.#filled - this.#framed;
    return blocks === most || (blocks >= least && endsFile(from));
  }

  /** Has the frame compressed; waits while too many are under way. */
  async flush(): Promise<void> {
    const room = this.#room;
    const blocks = this.#filled - this.#framed;
    if (!room || blocks === 0) return;
    const { pool, level, key, shape } = this.#options;
    const prefix = Math.min(shape.prefix, this.#framed);
    const { content, digests } = room;
    const task: CompressTask = { kind: 'compress', content, digests, first: this.#framed, blocks, prefix, level, key };
    const frame = pool.run<CompressedFrame>(task);
    frame.catch(() => undefined);
    room.frames++;
    this.#pending.push({ first: this.#first, blocks, prefix, room, frame });
    this.#framed = this.#filled;
    if (this.#framed >= shape.chain || shape.prefix === 0) this.#room = undefined;
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

  #newRoom(): ChainRoom {
    this.#filled = 0;
    this.#framed = 0;
    const { chain, most, prefix } = this.#options.shape;
    const blocks = prefix === 0 ? most : chain + most;
    return (
      this.#free.pop() ?? {
        content: new Uint8Array(new SharedArrayBuffer(blocks * blockBytes)),
        digests: new Uint8Array(new SharedArrayBuffer(blocks * 32)),
        frames: 0,
      }
    );
  }

  async #write(): Promise<void> {
    const next = this.#pending[0];
    if (!next) return;
    const { first, blocks, prefix, room } = next;
    const done = await next.frame;
    this.#pending.shift();
    room.frames--;
    if (room.frames === 0 && room !== this.#room) this.#free.push(room);
    await this.#options.writer.append(done, { first, blocks, prefix });
  }
}

/** File systems fill the last block of a file with zeros, and hardly anything else ends with eight of them so often. */
function endsFile(block: Uint8Array): boolean {
  for (let i = blockBytes - 8; i < blockBytes; i++) if (block[i] !== 0) return false;
  return true;
}
