import {
  digestHex,
  indexPathOf,
  type Latest,
  latestPath,
  limits,
  type Manifest,
  manifestPath,
  openIndexFile,
  openLatest,
  openManifest,
  openPinnedRoot,
  parseRepositoryPath,
  type Root,
  rootPath,
  TrimError,
  type VersionIndex,
} from '@atelier/trim';
import type { RepositoryStore } from './repository-store.ts';

/** The repository's root. The publishing side owns the store, so it takes the root as it lies there. */
export async function readRoot(store: RepositoryStore): Promise<Root> {
  const file = await store.read(rootPath, limits.rootFile);
  if (!file) throw new TrimError('trim.not-found', 'the repository has no root.json yet');
  return openPinnedRoot(file);
}

/** An image's channels, or undefined when it has none yet. */
export async function readLatest(request: {
  readonly store: RepositoryStore;
  readonly image: string;
}): Promise<Latest | undefined> {
  const file = await request.store.read(latestPath(request.image), limits.latestFile);
  return file && openLatest(file, await readRoot(request.store), request.image);
}

/** A version's manifest and the sha256 of its file. Throws `trim.no-version` when it is not there. */
export async function readManifest(
  store: RepositoryStore,
  root: Root,
  image: string,
  version: number,
): Promise<{ readonly manifest: Manifest; readonly digest: string }> {
  const file = await store.read(manifestPath(image, version), limits.manifestFile);
  if (!file) throw new TrimError('trim.no-version', `${image} has no version ${version} in the repository`);
  return { manifest: openManifest(file, root, image, version), digest: digestHex(file) };
}

/** A version's index, checked against its manifest; `key` is the content key that an encrypted version needs. */
export async function readIndex(store: RepositoryStore, manifest: Manifest, key?: Uint8Array): Promise<VersionIndex> {
  if (manifest.encryption && !key)
    throw new TrimError('trim.key-missing', `${manifest.image} version ${manifest.version} is encrypted`);
  const path = indexPathOf(manifest);
  const file = await store.read(path, manifest.index.length);
  if (!file) throw new TrimError('trim.not-found', `${path} is not in the repository`);
  return openIndexFile(file, manifest.index, manifest, key);
}

/** The numbers of an image's versions, ascending. */
export async function versionNumbers(store: RepositoryStore, image: string): Promise<readonly number[]> {
  const numbers: number[] = [];
  for await (const { path } of store.list(`images/${image}/`)) {
    const parsed = parseRepositoryPath(path);
    if (parsed?.kind === 'manifest') numbers.push(parsed.version);
  }
  return numbers.sort((a, b) => a - b);
}

/** The manifests of an image's versions, ascending by version. */
export async function listVersions(request: {
  readonly store: RepositoryStore;
  readonly image: string;
}): Promise<readonly Manifest[]> {
  const root = await readRoot(request.store);
  const manifests: Manifest[] = [];
  for (const version of await versionNumbers(request.store, request.image))
    manifests.push((await readManifest(request.store, root, request.image, version)).manifest);
  return manifests;
}
