import {
  frameDigest,
  joinDigests,
  type Manifest,
  maskHashes,
  merkleRoot,
  type PackEntry,
  packPath,
  type VersionIndex,
} from '@atelier/trim';
import type { RepositoryStore } from './repository-store.ts';

/** Throws unless the block hashes in the packs fit the index's frames and add up to the manifest's Merkle root. */
export async function checkMerkleRoot(
  store: RepositoryStore,
  manifest: Manifest,
  { map, frames, size }: VersionIndex,
  key?: Uint8Array,
): Promise<void> {
  const digests = new Uint8Array((frames.first[frames.count] as number) * 32);
  // frames come in the order of their packs, so one list of hashes at a time is enough
  let open: { readonly pack: number; readonly hashes: Uint8Array } = { pack: -1, hashes: new Uint8Array() };
  for (let f = 0; f < frames.count; f++) {
    const pack = frames.pack[f] as number;
    if (open.pack !== pack) open = { pack, hashes: await packDigests(store, manifest.packs[pack] as PackEntry) };
    const first = frames.first[f] as number;
    const from = frames.hashAt[f] as number;
    const stored = open.hashes.subarray(from * 32, (from + (frames.first[f + 1] as number) - first) * 32);
    const digest = frames.digests.subarray(f * 32, f * 32 + 32);
    const part = key ? maskHashes(stored, key, digest) : stored;
    if (!frameDigest(part).equals(digest))
      throw new Error(
        `frame ${f} of the index is not in ${packPath((manifest.packs[pack] as PackEntry).digest)} where it says`,
      );
    digests.set(part, first * 32);
  }
  const root = merkleRoot(size, map, digests);
  if (root !== manifest.root) throw new Error(`its blocks add up to root ${root}, not ${manifest.root}`);
}

/** The hashes of every block of a pack, in order and as they are stored. */
async function packDigests(store: RepositoryStore, pack: PackEntry): Promise<Uint8Array> {
  const heads = await store.readRange(packPath(pack.digest), pack.hashesOffset, pack.blocks * 8);
  const rests = await store.readRange(packPath(pack.digest), pack.hashesOffset + pack.blocks * 8, pack.blocks * 24);
  return joinDigests(heads, rests);
}
