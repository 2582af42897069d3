import { listVersions } from './read-repository.ts';
import type { RepositoryStore } from './repository-store.ts';

/** What an image's versions take in the repository, in bytes. */
export type ImageStats = {
  readonly image: string;
  readonly versions: readonly {
    readonly version: number;
    readonly created: string;
    /** bytes of the disk, and those of its blocks that are not zero */
    readonly size: number;
    readonly used: number;
    /** bytes of packs that this version was the first to name */
    readonly packBytes: number;
    readonly indexBytes: number;
    readonly deltas: readonly { readonly from: number; readonly bytes: number }[];
  }[];
  /** all packs (each once), deltas and indexes */
  readonly totalBytes: number;
};

/** Sizes of an image by version, from the manifests alone. */
export async function stats(request: { readonly store: RepositoryStore; readonly image: string }): Promise<ImageStats> {
  const seen = new Set<string>();
  const versions = (await listVersions(request)).map((manifest) => {
    const fresh = manifest.packs.filter(({ digest }) => !seen.has(digest));
    for (const { digest } of fresh) seen.add(digest);
    return {
      version: manifest.version,
      created: manifest.created,
      size: manifest.size,
      used: (manifest.blocks.total - manifest.blocks.zero) * manifest.blockSize,
      packBytes: fresh.reduce((sum, { length }) => sum + length, 0),
      indexBytes: manifest.index.length,
      deltas: manifest.deltas.map(({ from, length }) => ({ from, bytes: length })),
    };
  });
  const totalBytes = versions.reduce(
    (sum, { packBytes, indexBytes, deltas }) =>
      sum + packBytes + indexBytes + deltas.reduce((all, { bytes }) => all + bytes, 0),
    0,
  );
  return { image: request.image, versions, totalBytes };
}
