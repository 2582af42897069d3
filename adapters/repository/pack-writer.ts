import { encodePackTail, type PackRow, packMagic, packPath } from '@atelier/trim';
import type { KnownBlocks } from './known-blocks.ts';
import type { CompressedFrame } from './pack-tasks.ts';
import type { RepositoryStore } from './repository-store.ts';
import { SpoolFile } from './spool-file.ts';

/** Puts compressed frames into packs, one pack after another, each in the store as soon as it is full. */
export class PackWriter {
  readonly #store: RepositoryStore;
  readonly #known: KnownBlocks;
  readonly #packBytes: number;
  readonly #placed: (digest: string) => Promise<void>;
  readonly #key: Uint8Array | undefined;
  #open:
    | {
        readonly file: SpoolFile;
        readonly rows: PackRow[];
        readonly first: number;
        readonly pack: number;
        blocks: number;
      }
    | undefined;
  #written = 0;

  /** `placed` is told of each pack that is in the store. With `key` hashes and directory are encrypted; frames come so. */
  constructor(
    store: RepositoryStore,
    known: KnownBlocks,
    packBytes: number,
    placed: (digest: string) => Promise<void>,
    key?: Uint8Array,
  ) {
    this.#store = store;
    this.#known = known;
    this.#packBytes = packBytes;
    this.#placed = placed;
    this.#key = key;
  }

  /** Bytes in packs so far. */
  get written(): number {
    return this.#written + (this.#open?.file.length ?? 0);
  }

  /** Appends the frame that holds the known blocks from number `first` on. */
  async append(
    frame: CompressedFrame,
    { first, blocks, prefix }: { readonly first: number; readonly blocks: number; readonly prefix: number },
  ): Promise<void> {
    // a chain lies in one pack
    if (prefix === 0 && (this.#open?.file.length ?? 0) >= this.#packBytes) await this.finish();
    const open = this.#open ?? (await this.#begin(first));
    const { file, rows, pack } = open;
    this.#known.frames.push({
      pack,
      offset: file.length,
      length: frame.stored.length,
      first,
      blocks,
      hashAt: open.blocks,
      prefix,
      digest: frame.digest,
    });
    rows.push({ length: frame.stored.length, blocks, prefix, digest: frame.digest });
    open.blocks += blocks;
    await file.append(frame.stored);
  }

  /** Ends the pack that is open, if any. */
  async finish(): Promise<void> {
    if (!this.#open) return;
    const { file, rows, first, pack, blocks } = this.#open;
    const hashesOffset = file.length;
    await file.append(encodePackTail(hashesOffset, rows, this.#known.digests.bytes(first, first + blocks), this.#key));
    const digest = await file.finish();
    await this.#store.writeImmutable(packPath(digest), { spoolFile: file.path });
    await this.#placed(digest);
    this.#known.packs[pack] = { digest, length: file.length, frames: rows.length, blocks, hashesOffset };
    this.#written += file.length;
    this.#open = undefined;
  }

  async discard(): Promise<void> {
    await this.#open?.file.discard();
    this.#open = undefined;
  }

  async #begin(first: number) {
    const file = await SpoolFile.create(this.#store.spoolFolder);
    this.#open = { file, rows: [], first, pack: this.#known.packs.length, blocks: 0 };
    this.#known.packs.push(undefined);
    await file.append(Buffer.from(packMagic));
    return this.#open;
  }
}
