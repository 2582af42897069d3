import type { Manifest, PackEntry, VersionIndex } from '@atelier/trim';
import { type ContentKeys, keyOf } from './content-keys.ts';
import { type Forecast, forecast } from './forecast.ts';
import { listVersions, readIndex } from './read-repository.ts';
import type { RepositoryStore } from './repository-store.ts';

/** What an image's versions take in the repository and on the wire, in bytes. */
export type ImageStats = {
  readonly image: string;
  readonly versions: readonly VersionStats[];
  readonly packs: readonly PackStats[];
  /** all packs (each once), deltas and indexes */
  readonly totalBytes: number;
};

export type VersionStats = {
  readonly version: number;
  readonly created: string;
  /** bytes of the disk, and those of its blocks that are not zero */
  readonly size: number;
  readonly used: number;
  /** bytes of packs that this version was the first to name */
  readonly packBytes: number;
  readonly indexBytes: number;
  readonly deltas: readonly { readonly from: number; readonly bytes: number }[];
  /** stored bytes of frames that other versions use too, and of those that only this one does */
  readonly sharedBytes: number;
  readonly uniqueBytes: number;
  /** what the way here moves over the wire, from nothing (`from` null) and from each earlier version */
  readonly costs: readonly { readonly from: number | null; readonly wireBytes: number; readonly requests: number }[];
};

/** How much of a pack's frames some version still uses: 0 to 1. */
export type PackStats = {
  readonly digest: string;
  readonly bytes: number;
  readonly liveBytes: number;
  readonly fill: number;
};

/**
 * What each version of an image costs, to keep and to fetch. Throws `trim.key-missing` for an encrypted image without its
 * keys.
 */
export async function stats(request: {
  readonly store: RepositoryStore;
  readonly image: string;
  readonly keys?: ContentKeys;
  /** versions before each whose way to it is reckoned, and nothing; 8 unless told */
  readonly ways?: number;
  readonly signal?: AbortSignal;
}): Promise<ImageStats> {
  const { store, image, keys, ways = 8, signal } = request;
  const manifests = await listVersions(request);
  const users = await countUsers(request, manifests);
  const seen = new Set<string>();
  const versions: VersionStats[] = [];
  for (const [place, manifest] of manifests.entries()) {
    signal?.throwIfAborted();
    const fresh = manifest.packs.filter(({ digest }) => !seen.has(digest));
    for (const { digest } of fresh) seen.add(digest);
    const earlier = manifests.slice(Math.max(0, place - ways), place).map(({ version }) => version);
    const costs = [];
    for (const from of [null, ...earlier])
      costs.push(
        cost(from, await forecast({ store, image, from: from === null ? [] : [from], to: manifest.version, keys })),
      );
    versions.push({
      version: manifest.version,
      created: manifest.created,
      size: manifest.size,
      used: (manifest.blocks.total - manifest.blocks.zero) * manifest.blockSize,
      packBytes: fresh.reduce((sum, { length }) => sum + length, 0),
      indexBytes: manifest.index.length,
      deltas: manifest.deltas.map(({ from, length }) => ({ from, bytes: length })),
      ...users.of(manifest.version),
      costs,
    });
  }
  const totalBytes = versions.reduce(
    (sum, { packBytes, indexBytes, deltas }) =>
      sum + packBytes + indexBytes + deltas.reduce((all, { bytes }) => all + bytes, 0),
    0,
  );
  return { image, versions, packs: users.packs(), totalBytes };
}

const cost = (from: number | null, { wireBytes, requests }: Forecast) => ({ from, wireBytes, requests });

/** Which versions use which frames: by pack, and by the place of a frame's first block among the pack's hashes. */
async function countUsers(
  {
    store,
    keys,
    signal,
  }: { readonly store: RepositoryStore; readonly keys?: ContentKeys; readonly signal?: AbortSignal },
  manifests: readonly Manifest[],
) {
  const packs = new Map<string, { readonly entry: PackEntry; readonly users: Uint16Array; liveBytes: number }>();
  const lengths = new Map<number, readonly [shared: number, unique: number]>();
  const eachFrame = async (
    visit: (manifest: Manifest, pack: PackEntry, frame: number, index: VersionIndex) => void,
  ) => {
    for (const manifest of manifests) {
      signal?.throwIfAborted();
      const index = await readIndex(store, manifest, await keyOf(manifest, keys));
      for (let f = 0; f < index.frames.count; f++)
        visit(manifest, manifest.packs[index.frames.pack[f] as number] as PackEntry, f, index);
    }
  };
  await eachFrame((_, entry, f, { frames }) => {
    const pack = packs.get(entry.digest) ?? { entry, users: new Uint16Array(entry.blocks), liveBytes: 0 };
    packs.set(entry.digest, pack);
    const at = frames.hashAt[f] as number;
    if (pack.users[at] === 0) pack.liveBytes += frames.length[f] as number;
    if ((pack.users[at] as number) < 0xffff) pack.users[at] = (pack.users[at] as number) + 1;
  });
  await eachFrame(({ version }, entry, f, { frames }) => {
    const [shared, unique] = lengths.get(version) ?? [0, 0];
    const length = frames.length[f] as number;
    const alone = packs.get(entry.digest)?.users[frames.hashAt[f] as number] === 1;
    lengths.set(version, alone ? [shared, unique + length] : [shared + length, unique]);
  });
  return {
    of: (version: number) => {
      const [sharedBytes, uniqueBytes] = lengths.get(version) ?? [0, 0];
      return { sharedBytes, uniqueBytes };
    },
    packs: (): readonly PackStats[] =>
      [...packs.values()].map(({ entry, liveBytes }) => ({
        digest: entry.digest,
        bytes: entry.length,
        liveBytes,
        fill: liveBytes / Math.max(1, entry.hashesOffset - 8),
      })),
  };
}
