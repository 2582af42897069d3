import {
  type Manifest,
  type PackEntry,
  type Signer,
  sealManifest,
  TrimError,
  type VersionIndex,
  writeIndexFile,
} from '@atelier/trim';
import type { ContentKeys } from './content-keys.ts';
import { gcLeasePath, type HeldLease, liveLeases, takeLease } from './lease.ts';
import { placeVersion } from './place-version.ts';
import { readIndex, readLatest, readRoot } from './read-repository.ts';
import type { RepositoryStore } from './repository-store.ts';
import { type RewrittenPack, rewritePack } from './rewrite-pack.ts';
import { type RepositoryScan, scanRepository } from './scan-repository.ts';
import { setChannels } from './set-channels.ts';
import { throttled } from './throttled.ts';

export type RepackRequest = {
  readonly store: RepositoryStore;
  /** signs manifests, and channels unless `resign` does */
  readonly signer: Signer;
  /** packs of which a smaller part is still needed are rewritten; 0.5 unless told */
  readonly leastLive?: number;
  readonly keys?: ContentKeys;
  /** bytes read or written by the second; as fast as it goes unless told */
  readonly bytesPerSecond?: number;
  /** only count what would be done */
  readonly dryRun?: boolean;
  /** told of each version whose manifest is another now, before its channels are signed again; must bear to be told twice */
  readonly onReplaced?: (version: ReplacedVersion) => Promise<void>;
  /** signs an image's channels again */
  readonly resign?: (image: string) => Promise<void>;
  readonly onProgress?: (progress: { readonly bytesDone: number; readonly bytesTotal: number }) => void;
  readonly signal?: AbortSignal;
};

export type ReplacedVersion = { readonly image: string; readonly version: number; readonly manifestDigest: string };

export type RepackResult = {
  readonly packs: readonly { readonly digest: string; readonly length: number; readonly liveBytes: number }[];
  readonly versions: readonly ReplacedVersion[];
  /** what `gc` will free when the time of the replaced manifests is over */
  readonly savedBytes: number;
  /** images that were left alone, because they are encrypted and their keys are not known here */
  readonly withoutKey: readonly string[];
};

type Use = { readonly pack: PackEntry; readonly live: Uint8Array; liveBytes: number; key: Uint8Array | undefined };

/**
 * Rewrites packs of which little is needed any more. New packs come first, then each version's index and manifest beside
 * those that they replace, then the channels; the old packs go with a later `gc`, when no client can be reading them. Killed
 * at any point the repository stays valid, and the next call ends what was begun. Throws `trim.busy` while there is a `gc` or
 * another repack, `trim.format` when some manifest cannot be read, `trim.pack-digest` when a pack is damaged.
 */
export async function repack(request: RepackRequest): Promise<RepackResult> {
  const { store } = request;
  // as a publish: gc gives way, for new packs are named by no manifest yet
  const lease = await takeLease(store, '.leases/publish.repack.json', 'publish');
  try {
    if ((await liveLeases(store)).some(({ path }) => path === gcLeasePath))
      throw new TrimError('trim.busy', 'the repository is being cleaned');
    return await rewrite(request, lease);
  } catch (error) {
    if (request.signal?.aborted) throw new TrimError('trim.aborted', 'the rewriting was cancelled', { cause: error });
    throw error;
  } finally {
    await lease.release();
  }
}

async function rewrite(request: RepackRequest, lease: HeldLease): Promise<RepackResult> {
  const { store, leastLive = 0.5, dryRun = false } = request;
  const scan = await scanRepository(store, await readRoot(store));
  const [broken] = scan.unreadable;
  if (broken) throw new TrimError('trim.format', `${broken.path} cannot be read`, { cause: broken.error });
  const { uses, withoutKey } = await countUses(request, scan);
  const chosen = [...uses.values()].filter(({ pack, liveBytes }) => liveBytes < pack.hashesOffset * leastLive);
  const packs = chosen.map(({ pack, liveBytes }) => ({ digest: pack.digest, length: pack.length, liveBytes }));
  const savedBytes = packs.reduce((sum, { length, liveBytes }) => sum + length - liveBytes, 0);
  if (dryRun) return { packs, versions: [], savedBytes, withoutKey };
  const report = throttled(request.onProgress);
  const bytesTotal = packs.reduce((sum, { liveBytes }) => sum + liveBytes, 0);
  let bytesDone = 0;
  const onBytes = (bytes: number) => {
    bytesDone += bytes;
    report({ bytesDone, bytesTotal }, bytesDone === bytesTotal);
  };
  const { bytesPerSecond, signal } = request;
  const placed = lease.record;
  const rewritten = new Map<string, RewrittenPack>();
  for (const { pack, live, key } of chosen)
    rewritten.set(pack.digest, await rewritePack({ store, pack, live, key, placed, onBytes, bytesPerSecond, signal }));
  for (const { manifest } of scan.manifests)
    if (manifest.packs.some(({ digest }) => rewritten.has(digest))) {
      signal?.throwIfAborted();
      await replaceVersion(request, manifest, rewritten);
    }
  return { packs, versions: await settle(request), savedBytes, withoutKey };
}

/** Which frames of each pack some version uses. Packs of versions that cannot be read here are left out. */
async function countUses({ store, keys, signal }: RepackRequest, scan: RepositoryScan) {
  const uses = new Map<string, Use>();
  const hidden = new Set<string>();
  const withoutKey = new Set<string>();
  // replaced manifests too: a run that was interrupted between two versions then makes the same packs again
  for (const { manifest } of [...scan.manifests, ...scan.kept]) {
    signal?.throwIfAborted();
    const key = manifest.encryption && (await keys?.(manifest.image, manifest.encryption.keyId));
    if (manifest.encryption && !key) {
      withoutKey.add(manifest.image);
      for (const { digest } of manifest.packs) hidden.add(digest);
      continue;
    }
    noteUses(uses, manifest, await readIndex(store, manifest, key ?? undefined), key ?? undefined);
  }
  const named = new Set(scan.manifests.flatMap(({ manifest }) => manifest.packs.map(({ digest }) => digest)));
  for (const digest of uses.keys()) if (hidden.has(digest) || !named.has(digest)) uses.delete(digest);
  return { uses, withoutKey: [...withoutKey] };
}

function noteUses(uses: Map<string, Use>, { packs }: Manifest, { frames }: VersionIndex, key: Uint8Array | undefined) {
  for (const pack of packs)
    if (!uses.has(pack.digest)) uses.set(pack.digest, { pack, live: new Uint8Array(pack.blocks), liveBytes: 0, key });
  for (let f = 0; f < frames.count; f++) {
    const use = uses.get((packs[frames.pack[f] as number] as PackEntry).digest) as Use;
    const at = frames.hashAt[f] as number;
    if (use.live[at] === 1) continue;
    use.live[at] = 1;
    use.liveBytes += frames.length[f] as number;
  }
}

/** The version with its frames where they are now: the order of packs and frames is the same, so are all its numbers. */
async function replaceVersion(
  { store, signer, keys }: RepackRequest,
  manifest: Manifest,
  rewritten: ReadonlyMap<string, RewrittenPack>,
): Promise<void> {
  const key = (manifest.encryption && (await keys?.(manifest.image, manifest.encryption.keyId))) ?? undefined;
  const index = await readIndex(store, manifest, key);
  const offset = index.frames.offset.slice();
  const hashAt = index.frames.hashAt.slice();
  for (let f = 0; f < index.frames.count; f++) {
    const pack = manifest.packs[index.frames.pack[f] as number] as PackEntry;
    const place = rewritten.get(pack.digest)?.places.get(offset[f] as number);
    if (!place) continue;
    offset[f] = place.offset;
    hashAt[f] = place.hashAt;
  }
  const { file, entry } = writeIndexFile({ ...index, frames: { ...index.frames, offset, hashAt } }, key);
  const packs = manifest.packs.map((pack) => rewritten.get(pack.digest)?.entry ?? pack);
  const next: Manifest = { ...manifest, packs, index: { ...entry, named: true } };
  await placeVersion(store, next, Buffer.from(await sealManifest(next, [signer])), file);
}

/** Makes channels name the manifests that are there now: also those that an interrupted run has replaced. */
async function settle(request: RepackRequest): Promise<readonly ReplacedVersion[]> {
  const { store, signer, onReplaced } = request;
  const resign =
    request.resign ??
    (async (image: string) => {
      const before = Object.entries((await readLatest({ store, image }))?.channels ?? {});
      const channels = Object.fromEntries(before.map(([name, { version }]) => [name, version]));
      await setChannels({ store, signer, image, channels });
    });
  const scan = await scanRepository(store, await readRoot(store));
  const replaced: ReplacedVersion[] = [];
  for (const { manifest, digest } of scan.manifests) {
    if (!manifest.index.named) continue;
    const version = { image: manifest.image, version: manifest.version, manifestDigest: digest };
    await onReplaced?.(version);
    replaced.push(version);
  }
  for (const image of new Set(replaced.map((one) => one.image))) {
    const channels = Object.values((await readLatest({ store, image }))?.channels ?? {});
    const stale = channels.some(({ version, manifest }) =>
      replaced.some((one) => one.image === image && one.version === version && one.manifestDigest !== manifest),
    );
    if (stale) await resign(image);
  }
  return replaced;
}
