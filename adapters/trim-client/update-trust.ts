import {
  acceptLatest,
  acceptRoot,
  digestHex,
  indexPathOf,
  keptManifestPath,
  type Latest,
  latestPath,
  limits,
  type Manifest,
  manifestPath,
  openIndexFile,
  openLatest,
  openManifest,
  openPinnedRoot,
  requireFreshRoot,
  rootPath,
  rootVersionPath,
  TrimError,
  type TrustState,
  trustedRoot,
  type VersionIndex,
} from '@atelier/trim';
import { believeFile } from './believe-file.ts';
import type { FetchRequest } from './fetch-types.ts';
import type { RepositoryReader } from './repository-reader.ts';

type Trusting = Pick<FetchRequest, 'now' | 'onTrust'>;

/** Walks from the trusted root to the newest one of the repository. */
export async function updateRoot(
  reader: RepositoryReader,
  trust: TrustState,
  { now = () => new Date(), onTrust }: Trusting,
): Promise<TrustState> {
  const state = await believeFile(reader, rootPath, limits.rootFile, async (file) => {
    if (Buffer.from(file).toString() === trust.root) return trust;
    // the file at root.json is only a hint that there is something new; each step is verified by the one before
    const newest = openPinnedRoot(file).version;
    const trusted = trustedRoot(trust).version;
    // media may have been written before a rotation: they are no news, and no rollback either
    if (newest < trusted && reader.offline) return trust;
    if (newest < trusted)
      throw new TrimError('trim.rollback', `root.json has version ${newest}, version ${trusted} was seen before`);
    if (newest === trusted)
      throw new TrimError(
        'trim.root-signature',
        `root.json is another version ${trusted} than the one that is trusted`,
      );
    let state = trust;
    for (let version = trusted + 1; version <= newest; version++) {
      state = await believeFile(reader, rootVersionPath(version), limits.rootFile, (next) =>
        acceptRoot(state, Buffer.from(next).toString()),
      );
      await onTrust?.(state);
    }
    return state;
  });
  requireFreshRoot(trustedRoot(state), now());
  return state;
}

/** Fetches an image's channels; accepted only when signed, not older than what was seen, and not past their end. */
export async function fetchLatest(
  reader: RepositoryReader,
  trust: TrustState,
  image: string,
  { now = () => new Date(), onTrust }: Trusting,
): Promise<{ readonly latest: Latest; readonly trust: TrustState }> {
  const seen = await believeFile(reader, latestPath(image), limits.latestFile, (file) => {
    const latest = openLatest(file, trustedRoot(trust), image);
    return { latest, trust: acceptLatest(trust, latest, now()) };
  });
  if (seen.trust.seen[image] !== trust.seen[image]) await onTrust?.(seen.trust);
  return seen;
}

export type WantedVersion = {
  readonly manifest: Manifest;
  readonly manifestDigest: string;
  readonly trust: TrustState;
};

/** Finds the version that a request wants, and fetches its manifest. */
export async function fetchManifest(
  reader: RepositoryReader,
  request: Pick<FetchRequest, 'trust' | 'image' | 'want' | 'clientVersion'> & Trusting,
): Promise<WantedVersion> {
  let trust = await updateRoot(reader, request.trust, request);
  let version: number;
  let pinned: string | undefined;
  if ('channel' in request.want) {
    const { channel } = request.want;
    const seen = await fetchLatest(reader, trust, request.image, request);
    trust = seen.trust;
    const target = Object.hasOwn(seen.latest.channels, channel) ? seen.latest.channels[channel] : undefined;
    if (!target)
      throw new TrimError('trim.no-channel', `image ${request.image} has no channel ${channel.slice(0, 64)}`);
    version = target.version;
    pinned = target.manifest;
  } else version = request.want.version;
  const path = manifestPath(request.image, version);
  const { manifest, manifestDigest } = await believeFile(reader, path, limits.manifestFile, async (found) => {
    let file = found;
    // packs were rewritten between latest.json and now: what the channel names is kept under its digest
    if (pinned !== undefined && pinned !== digestHex(file)) {
      const kept = keptManifestPath(request.image, version, pinned);
      file = (await reader.file(kept, limits.manifestFile).catch(() => ({ bytes: file }))).bytes;
    }
    const manifestDigest = digestHex(file);
    const manifest = openManifest(file, trustedRoot(trust), request.image, version);
    if (pinned !== undefined && pinned !== manifestDigest)
      throw new TrimError(
        'trim.manifest-mismatch',
        `the manifest of ${request.image} version ${version} is not the one that its channel names`,
      );
    return { manifest, manifestDigest };
  });
  if (isOlder(request.clientVersion, manifest.minimumClient))
    throw new TrimError(
      'trim.client-too-old',
      `${request.image} version ${version} needs client ${manifest.minimumClient} or later`,
    );
  return { manifest, manifestDigest, trust };
}

/** Fetches a version's index; a bad one is asked for once more, of somebody else where there is one. `key` opens an encrypted one. */
export async function fetchIndex(
  reader: RepositoryReader,
  manifest: Manifest,
  key: Uint8Array | undefined,
): Promise<VersionIndex> {
  const path = indexPathOf(manifest);
  for (let attempt = 1; ; attempt++) {
    const { bytes, sources, recording } = await reader.collect(path, 0, manifest.index.length).catch((cause) => {
      if (!(cause instanceof TrimError && cause.code === 'trim.pack-digest')) throw cause;
      throw new TrimError('trim.index-digest', cause.message, { cause });
    });
    try {
      const index = openIndexFile(bytes, manifest.index, manifest, key);
      await recording?.keep();
      return index;
    } catch (error) {
      await recording?.drop();
      const bad = error instanceof TrimError && (error.code === 'trim.index-digest' || error.code === 'trim.limits');
      const elsewhere = bad && reader.distrust(sources, `${path}: ${error.message}`);
      if (!bad || (attempt >= 2 && !(elsewhere && attempt < 8))) throw error;
    }
  }
}

function isOlder(client: string | undefined, minimum: string): boolean {
  if (client === undefined) return false;
  const have = client.split('.').map((part) => Number.parseInt(part, 10) || 0);
  const need = minimum.split('.').map(Number);
  for (let i = 0; i < 3; i++) if ((have[i] ?? 0) !== need[i]) return (have[i] ?? 0) < (need[i] as number);
  return false;
}
