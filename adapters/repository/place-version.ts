import {
  digestHex,
  indexPathOf,
  keptManifestPath,
  limits,
  type Manifest,
  manifestPath,
  TrimError,
} from '@atelier/trim';
import type { RepositoryStore } from './repository-store.ts';

/**
 * Puts a version's index and manifest into a store, maybe in place of others of the same version. The order keeps every
 * reader right at every moment: the index first (under its digest when another is there), the manifest that is replaced kept
 * under its digest for those whose channel names it, the new manifest last. Packs and deltas must be there already.
 */
export async function placeVersion(
  store: RepositoryStore,
  manifest: Manifest,
  manifestFile: Uint8Array,
  indexFile: Uint8Array,
): Promise<void> {
  const { image, version } = manifest;
  const path = manifestPath(image, version);
  const before = await store.read(path, limits.manifestFile);
  if (before && Buffer.compare(before, manifestFile) === 0) return;
  if (before && !manifest.index.named && (await store.stat(indexPathOf(manifest)))?.size !== manifest.index.length)
    throw new TrimError('trim.exists', `there is another version ${version} of ${image} already`);
  if (before) await store.replace(keptManifestPath(image, version, digestHex(before)), before);
  await store.replace(indexPathOf(manifest), indexFile);
  await store.replace(path, manifestFile);
}
