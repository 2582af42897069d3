import { statfs } from 'node:fs/promises';
import {
  acceptRoot,
  checkIndexFile,
  checkName,
  deltaPath,
  digestHex,
  indexPathOf,
  keptManifestPath,
  type Latest,
  latestPath,
  limits,
  type Manifest,
  manifestPath,
  openLatest,
  openManifest,
  openPinnedRoot,
  packPath,
  pinRoot,
  type Root,
  rootPath,
  rootVersionPath,
  TrimError,
  type TrustState,
  trustedRoot,
} from '@atelier/trim';
import { copyFile } from './copy-file.ts';
import { gcLeasePath, liveLeases, takeLease } from './lease.ts';
import { placeVersion } from './place-version.ts';
import { readLatest, versionNumbers } from './read-repository.ts';
import { removeVersion } from './remove-version.ts';
import type { RepositorySource } from './repository-source.ts';
import type { RepositoryStore } from './repository-store.ts';
import { throttled } from './throttled.ts';

export type MirrorRequest = {
  readonly source: RepositorySource;
  readonly store: RepositoryStore;
  /** images to copy; all of them unless told, where the source can be listed */
  readonly images?: readonly string[];
  /** newest versions of each image to copy, and those that channels point to; all unless told */
  readonly versions?: number;
  /** take versions out of the copy that are not among those; their packs go with the next `gc` there */
  readonly prune?: boolean;
  /** text of the root.json to trust when the copy has none yet; the source's own unless told */
  readonly root?: string;
  readonly bytesPerSecond?: number;
  readonly onProgress?: (progress: MirrorProgress) => void;
  readonly signal?: AbortSignal;
};

export type MirrorProgress = {
  readonly bytesDone: number;
  readonly bytesTotal: number;
  readonly filesDone: number;
  readonly filesTotal: number;
};

export type MirrorResult = {
  readonly versions: readonly { readonly image: string; readonly version: number }[];
  readonly pruned: readonly { readonly image: string; readonly version: number }[];
  /** bytes fetched now, those that an interrupted run had fetched, and those that were there */
  readonly copiedBytes: number;
  readonly resumedBytes: number;
  readonly presentBytes: number;
};

type Wanted = { readonly manifest: Manifest; readonly manifestFile: Uint8Array; readonly indexFile: Uint8Array };
type Content = { readonly path: string; readonly digest: string; readonly length: number };

/**
 * Copies a repository, or some of its images and versions, into a store: what is there already is not fetched again, what
 * an interrupted run had begun is gone on with, every file is verified, and metadata comes last, so that the copy is a valid
 * repository whenever it is looked at. The copy's own root is trusted from the second time on: a source with another root
 * that is not signed by it, or with older channels, is refused.
 *
 * Throws `trim.busy`, `trim.rollback`, `trim.root-signature`, `trim.disk-full`, `trim.pack-digest`, `trim.no-version`, …
 */
export async function mirrorRepository(request: MirrorRequest): Promise<MirrorResult> {
  const { store } = request;
  // as a publish, for what is copied is named by no manifest yet
  const lease = await takeLease(store, '.leases/publish.mirror.json', 'publish');
  try {
    if ((await liveLeases(store)).some(({ path }) => path === gcLeasePath))
      throw new TrimError('trim.busy', 'the copy is being cleaned');
    return await mirror(request);
  } catch (error) {
    if (request.signal?.aborted) throw new TrimError('trim.aborted', 'the copying was cancelled', { cause: error });
    throw error;
  } finally {
    await lease.release();
  }
}

async function mirror(request: MirrorRequest): Promise<MirrorResult> {
  const { source, store } = request;
  const roots = await newerRoots(request);
  const root = trustedRoot(roots.trust);
  const images = request.images ?? (await source.list?.images());
  if (!images) throw new TrimError('trim.name', `${source.address} cannot be listed: say which images to copy`);
  const channels = new Map<string, Uint8Array>();
  const wanted: Wanted[] = [];
  for (const image of images) {
    const latest = await newerLatest(request, root, checkName(image, 'image'));
    if (latest) channels.set(image, latest.file);
    for (const version of await wantedVersions(request, image, latest?.latest))
      wanted.push(await readWanted(request, root, image, version, latest?.latest));
  }
  if (wanted.length === 0) throw new TrimError('trim.no-version', `${source.address} has no version to copy`);
  const bytes = await copyContents(request, wanted);
  for (const { path, text } of roots.files) await store.replace(path, Buffer.from(text));
  for (const one of wanted) await placeVersion(store, one.manifest, one.manifestFile, one.indexFile);
  for (const [image, file] of channels) await store.replace(latestPath(image), file);
  const versions = wanted.map(({ manifest: { image, version } }) => ({ image, version }));
  return { versions, pruned: request.prune ? await prune(store, images, versions) : [], ...bytes };
}

/** The roots that the copy lacks, each signed by the one before; root.json last. */
async function newerRoots({ source, store, root, signal }: MirrorRequest) {
  const read = async (path: string) => {
    const file = await source.read(path, limits.rootFile, signal);
    if (!file) throw new TrimError('trim.not-found', `${source.address} has no ${path}`);
    return Buffer.from(file).toString();
  };
  const own = await store.read(rootPath, limits.rootFile);
  const newest = await read(rootPath);
  const pinned = own ? Buffer.from(own).toString() : (root ?? newest);
  let trust: TrustState = pinRoot(pinned);
  const files: { readonly path: string; readonly text: string }[] = [];
  const goal = openPinnedRoot(Buffer.from(newest)).version;
  if (goal < trustedRoot(trust).version)
    throw new TrimError('trim.rollback', `root.json at ${source.address} is older than the one of the copy`);
  if (!own)
    for (let version = 1; version < trustedRoot(trust).version; version++) {
      const path = rootVersionPath(version);
      const text = await source.read(path, limits.rootFile, signal);
      if (text) files.push({ path, text: Buffer.from(text).toString() });
    }
  if (!own) files.push({ path: rootVersionPath(trustedRoot(trust).version), text: pinned });
  while (trustedRoot(trust).version < goal) {
    const path = rootVersionPath(trustedRoot(trust).version + 1);
    const text = await read(path);
    trust = acceptRoot(trust, text);
    files.push({ path, text });
  }
  if (trust.root !== newest)
    throw new TrimError('trim.root-signature', `root.json at ${source.address} is not the one that is trusted`);
  return { trust, files: [...files, ...(trust.root === pinned && own ? [] : [{ path: rootPath, text: newest }])] };
}

async function newerLatest({ source, store, signal }: MirrorRequest, root: Root, image: string) {
  const file = await source.read(latestPath(image), limits.latestFile, signal);
  if (!file) return undefined;
  const latest = openLatest(file, root, image);
  const own = await readLatest({ store, image }).catch(() => undefined);
  if (own && own.counter > latest.counter)
    throw new TrimError(
      'trim.rollback',
      `latest.json of ${image} has counter ${latest.counter}, the copy ${own.counter}`,
    );
  return { file, latest };
}

/** Versions to copy, ascending. Where the source cannot be listed, versions below the newest that a channel names are tried. */
async function wantedVersions(
  { source, versions, signal }: MirrorRequest,
  image: string,
  latest: Latest | undefined,
): Promise<readonly number[]> {
  const pointed = Object.values(latest?.channels ?? {}).map(({ version }) => version);
  const most = versions ?? Number.POSITIVE_INFINITY;
  if (source.list) {
    const all = await source.list.versions(image);
    return ascending([...all.slice(Math.max(0, all.length - most)), ...pointed]);
  }
  const found: number[] = [];
  let missing = 0;
  for (let version = Math.max(0, ...pointed); version > 0 && found.length < most && missing < 64; version--) {
    const there =
      pointed.includes(version) || (await source.read(manifestPath(image, version), limits.manifestFile, signal));
    if (there) found.push(version);
    missing = there ? 0 : missing + 1;
  }
  return ascending([...found, ...pointed]);
}

function ascending(versions: readonly number[]): readonly number[] {
  return [...new Set(versions)].sort((a, b) => a - b);
}

async function readWanted(
  { source, signal }: MirrorRequest,
  root: Root,
  image: string,
  version: number,
  latest: Latest | undefined,
): Promise<Wanted> {
  const pinned = Object.values(latest?.channels ?? {}).find((target) => target.version === version)?.manifest;
  const path = manifestPath(image, version);
  let manifestFile = await source.read(path, limits.manifestFile, signal);
  if (pinned !== undefined && manifestFile && digestHex(manifestFile) !== pinned)
    manifestFile = await source.read(keptManifestPath(image, version, pinned), limits.manifestFile, signal);
  if (!manifestFile) throw new TrimError('trim.no-version', `${source.address} has no version ${version} of ${image}`);
  const manifest = openManifest(manifestFile, root, image, version);
  const indexFile = await source.read(indexPathOf(manifest), manifest.index.length, signal);
  if (!indexFile) throw new TrimError('trim.not-found', `${source.address} has no ${indexPathOf(manifest)}`);
  checkIndexFile(indexFile, manifest.index);
  return { manifest, manifestFile, indexFile };
}

/** Packs and deltas of all versions, each once. */
async function copyContents(request: MirrorRequest, wanted: readonly Wanted[]) {
  const { source, store, signal, bytesPerSecond } = request;
  const files = new Map<string, Content>();
  for (const { manifest } of wanted) {
    for (const { digest, length } of manifest.packs)
      files.set(packPath(digest), { path: packPath(digest), digest, length });
    for (const { digest, length } of manifest.deltas)
      files.set(deltaPath(digest), { path: deltaPath(digest), digest, length });
  }
  const lacking: Content[] = [];
  let presentBytes = 0;
  for (const file of files.values())
    if ((await store.stat(file.path))?.size === file.length) presentBytes += file.length;
    else lacking.push(file);
  const bytesTotal = lacking.reduce((sum, { length }) => sum + length, 0);
  await requireRoom(store, bytesTotal);
  const report = throttled(request.onProgress);
  let [copiedBytes, resumedBytes, filesDone] = [0, 0, 0];
  const tell = (force = false) =>
    report({ bytesDone: copiedBytes + resumedBytes, bytesTotal, filesDone, filesTotal: lacking.length }, force);
  for (const file of lacking) {
    signal?.throwIfAborted();
    const onBytes = (fresh: number, resumed: number) => {
      copiedBytes += fresh;
      resumedBytes += resumed;
      tell();
    };
    const replace = (await store.stat(file.path)) !== undefined;
    await copyFile({ source, store, ...file, replace, onBytes, bytesPerSecond, signal });
    filesDone++;
    tell(true);
  }
  return { copiedBytes, resumedBytes, presentBytes };
}

async function requireRoom(store: RepositoryStore, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(store.spoolFolder);
  if (bavail * bsize < bytes + 16 * 1024 * 1024)
    throw new TrimError('trim.disk-full', `${bytes} bytes are to be copied, ${bavail * bsize} are free`);
}

async function prune(
  store: RepositoryStore,
  images: readonly string[],
  keep: readonly { readonly image: string; readonly version: number }[],
) {
  const gone: { readonly image: string; readonly version: number }[] = [];
  for (const image of images)
    for (const version of await versionNumbers(store, image)) {
      if (keep.some((one) => one.image === image && one.version === version)) continue;
      await removeVersion({ store, image, version });
      gone.push({ image, version });
    }
  return gone;
}
