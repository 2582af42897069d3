import { type PackEntry, packFooterBytes, packMagic, packPath, TrimError } from '@atelier/trim';
import { DigestSet } from './digest-set.ts';
import { readPackDirectory, readPackFooter, readPackHashes } from './read-pack.ts';
import type { RepositoryStore } from './repository-store.ts';

/** A frame that lies in the repository, or will when its pack is finished. */
export type KnownFrame = {
  /** place in `KnownBlocks.packs` */
  readonly pack: number;
  readonly offset: number;
  readonly length: number;
  /** number of its first block */
  readonly first: number;
  readonly blocks: number;
  /** place of its first block in the pack's list of hashes */
  readonly hashAt: number;
  /** blocks before it that are its dictionary */
  readonly prefix: number;
  readonly digest: Uint8Array;
};

/** Every block that an image already has in the repository: block numbers run through the frames. */
export type KnownBlocks = {
  readonly digests: DigestSet;
  readonly frames: KnownFrame[];
  /** an entry is filled when its pack is finished */
  readonly packs: (PackEntry | undefined)[];
};

/** Reads the block hashes of packs that are in the store, those that are encrypted with `key` or, without one, not at all. */
export async function readKnownBlocks(
  store: RepositoryStore,
  packs: readonly string[],
  key?: Uint8Array,
): Promise<KnownBlocks> {
  const known: KnownBlocks = { digests: new DigestSet(), frames: [], packs: [] };
  for (const digest of packs) await addPack(store, digest, known, key);
  return known;
}

async function addPack(
  store: RepositoryStore,
  digest: string,
  known: KnownBlocks,
  key: Uint8Array | undefined,
): Promise<void> {
  const path = packPath(digest);
  const found = await store.stat(path);
  if (!found || found.size < packFooterBytes) return;
  // what an interrupted run has left may have another key: its blocks are packed again
  if ((await readPackFooter(store, path, found.size)).sealed !== (key !== undefined)) return;
  const directory = await readPackDirectory(store, path, found.size, key).catch((error: unknown) => {
    if (key && error instanceof TrimError && error.code === 'trim.format') return undefined;
    throw error;
  });
  if (!directory) return;
  const { footer, rows } = directory;
  const words = new Uint32Array((await readPackHashes(store, path, directory, key)).buffer);
  const pack = known.packs.length;
  let offset = packMagic.length;
  let hashAt = 0;
  for (const row of rows) {
    known.frames.push({
      pack,
      offset,
      length: row.length,
      first: known.digests.count,
      blocks: row.blocks,
      hashAt,
      prefix: row.prefix ?? 0,
      digest: row.digest,
    });
    for (let i = 0; i < row.blocks; i++) known.digests.add(words, (hashAt + i) * 8);
    offset += row.length;
    hashAt += row.blocks;
  }
  known.packs.push({
    digest,
    length: found.size,
    frames: footer.frames,
    blocks: footer.blocks,
    hashesOffset: footer.hashesOffset,
  });
}
