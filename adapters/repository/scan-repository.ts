import { digestHex, limits, type Manifest, openManifest, parseRepositoryPath, type Root } from '@atelier/trim';
import type { RepositoryStore, StoreEntry } from './repository-store.ts';

/** Everything that lies in a repository, sorted by what it is. */
export type RepositoryScan = {
  readonly images: ReadonlySet<string>;
  /** readable manifests with the sha256 of their files */
  readonly manifests: readonly { readonly manifest: Manifest; readonly digest: string; readonly path: string }[];
  /** manifests that could not be read, with the reason */
  readonly unreadable: readonly { readonly path: string; readonly error: Error }[];
  /** manifests that were replaced and are kept for those whose channel named them; `modified` is when that was */
  readonly kept: readonly {
    readonly manifest: Manifest;
    readonly digest: string;
    readonly path: string;
    readonly modified: number;
  }[];
  /** indexes, those of replaced manifests and of the ones in their place among them */
  readonly indexes: readonly (StoreEntry & { readonly image: string; readonly version: number })[];
  readonly packs: ReadonlyMap<string, StoreEntry>;
  readonly deltas: ReadonlyMap<string, StoreEntry>;
  readonly strangers: readonly StoreEntry[];
};

/** Lists a repository and reads its manifests. */
export async function scanRepository(store: RepositoryStore, root: Root): Promise<RepositoryScan> {
  const images = new Set<string>();
  const manifests: { manifest: Manifest; digest: string; path: string }[] = [];
  const unreadable: { path: string; error: Error }[] = [];
  const kept: { manifest: Manifest; digest: string; path: string; modified: number }[] = [];
  const indexes: (StoreEntry & { image: string; version: number })[] = [];
  const packs = new Map<string, StoreEntry>();
  const deltas = new Map<string, StoreEntry>();
  const strangers: StoreEntry[] = [];
  for await (const entry of store.list('')) {
    const parsed = parseRepositoryPath(entry.path);
    if (parsed && 'image' in parsed) images.add(parsed.image);
    if (!parsed) {
      if (!entry.path.startsWith('.')) strangers.push(entry);
    } else if (parsed.kind === 'pack') packs.set(parsed.digest, entry);
    else if (parsed.kind === 'delta') deltas.set(parsed.digest, entry);
    else if (parsed.kind === 'index' || parsed.kind === 'kept-index')
      indexes.push({ ...entry, image: parsed.image, version: parsed.version });
    else if (parsed.kind === 'manifest' || parsed.kind === 'kept-manifest') {
      const { path, modified } = entry;
      try {
        const file = await store.read(path, limits.manifestFile);
        if (!file) continue;
        const manifest = openManifest(file, root, parsed.image, parsed.version);
        const digest = digestHex(file);
        if (parsed.kind === 'manifest') manifests.push({ manifest, digest, path });
        else if (parsed.digest === digest) kept.push({ manifest, digest, path, modified });
        else throw new Error('its content is not what its name says');
      } catch (error) {
        unreadable.push({ path, error: error as Error });
      }
    }
  }
  return { images, manifests, unreadable, kept, indexes, packs, deltas, strangers };
}
