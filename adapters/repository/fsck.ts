import type { ThreadPool } from '@atelier/adapters/thread-pool';
import {
  blockCount,
  checkIndexFile,
  decodeDeltaTable,
  deltaPath,
  digestHex,
  indexPathOf,
  latestPath,
  limits,
  type Manifest,
  openBytes,
  openIndexFile,
  openLatest,
  packPath,
  type Root,
  requireFreshRoot,
  rootPath,
  type VersionIndex,
  zstdDecompress,
} from '@atelier/trim';
import { checkMerkleRoot } from './check-merkle-root.ts';
import { checkPack, type PackCheck } from './check-pack.ts';
import type { ContentKeys } from './content-keys.ts';
import type { Finding, FindingCode } from './finding.ts';
import { packPool } from './pack-image.ts';
import { readRoot } from './read-repository.ts';
import type { RepositoryStore } from './repository-store.ts';
import { type RepositoryScan, scanRepository } from './scan-repository.ts';

export type FsckRequest = {
  readonly store: RepositoryStore;
  /** finds the keys of encrypted versions: without its key, of a version only names, digests and form are verified */
  readonly keys?: ContentKeys;
  /** bytes of packs and deltas that are verified, and all of them */
  readonly onProgress?: (progress: { readonly bytesDone: number; readonly bytesTotal: number }) => void;
  readonly signal?: AbortSignal;
  readonly workers?: number;
  readonly now?: () => Date;
};

type Note = (code: FindingCode, path: string, message: string, severity?: Finding['severity']) => void;

/**
 * Reads everything in a repository and verifies it: signatures, digests, every frame's content, every version's Merkle root.
 * Gives all findings; none means that every version can be fetched. Nothing is changed. Memory is bounded by the index and
 * block hashes of one pack and one version.
 */
export async function fsck(request: FsckRequest): Promise<readonly Finding[]> {
  const { store, now = () => new Date() } = request;
  const findings: Finding[] = [];
  const note: Note = (code, path, message, severity = 'error') => findings.push({ code, path, message, severity });
  let root: Root;
  try {
    root = await readRoot(store);
  } catch (error) {
    note('fsck.root', rootPath, (error as Error).message);
    return findings;
  }
  await attempt(note, 'fsck.root', rootPath, async () => requireFreshRoot(root, now()));
  const scan = await scanRepository(store, root);
  for (const { path, error } of scan.unreadable) note('fsck.manifest', path, error.message);
  for (const image of scan.images) await checkLatest(store, root, image, scan, note, now());
  const pool = packPool(request.workers);
  try {
    await checkContents(request, scan, pool, note);
  } finally {
    await pool.close();
  }
  noteLeftovers(scan, note);
  return findings;
}

async function checkLatest(
  store: RepositoryStore,
  root: Root,
  image: string,
  scan: RepositoryScan,
  note: Note,
  now: Date,
): Promise<void> {
  const path = latestPath(image);
  await attempt(note, 'fsck.latest', path, async () => {
    const file = await store.read(path, limits.latestFile);
    if (!file) return;
    const latest = openLatest(file, root, image);
    if (Date.parse(latest.expires) <= now.getTime()) note('fsck.latest', path, `it ended ${latest.expires}`);
    for (const [channel, target] of Object.entries(latest.channels)) {
      const found = scan.manifests.find(
        ({ manifest }) => manifest.image === image && manifest.version === target.version,
      );
      if (!found)
        note('fsck.latest', path, `channel ${channel} points to version ${target.version}, which is not there`);
      else if (found.digest !== target.manifest && !scan.kept.some(({ digest }) => digest === target.manifest))
        note('fsck.latest', path, `channel ${channel} names another manifest of version ${target.version}`);
    }
  });
}

async function checkContents(request: FsckRequest, scan: RepositoryScan, pool: ThreadPool, note: Note): Promise<void> {
  const { store, signal } = request;
  const named = new Map<string, PackCheck & { readonly path: string; readonly length: number }>();
  const keys = new Map<Manifest, Uint8Array | undefined>();
  const versions = [...scan.manifests, ...scan.kept];
  for (const { manifest } of versions) {
    const key = manifest.encryption && (await request.keys?.(manifest.image, manifest.encryption.keyId));
    keys.set(manifest, key ?? undefined);
    const depth = manifest.encryption && !key ? 'form' : 'frames';
    for (const { digest, length } of manifest.packs)
      named.set(packPath(digest), { path: packPath(digest), length, depth, key: key ?? undefined });
    for (const { digest, length } of manifest.deltas)
      named.set(deltaPath(digest), { path: deltaPath(digest), length, depth: 'name' });
  }
  const bytesTotal = [...named.values()].reduce((sum, { length }) => sum + length, 0);
  const good = new Set<string>();
  let bytesDone = 0;
  for (const { path, length, depth, key } of named.values()) {
    signal?.throwIfAborted();
    const wrong = await checkPack(store, pool, path, length, { depth, key, signal });
    for (const finding of wrong) note(finding.code, path, finding.message);
    if (wrong.length === 0) good.add(path);
    bytesDone += length;
    request.onProgress?.({ bytesDone, bytesTotal });
  }
  for (const { manifest, path } of versions) {
    signal?.throwIfAborted();
    await checkVersion({ store, manifest, path, key: keys.get(manifest), good, scan, note });
  }
}

async function checkVersion({
  store,
  manifest,
  path,
  key,
  good,
  scan,
  note,
}: {
  readonly store: RepositoryStore;
  readonly manifest: Manifest;
  readonly path: string;
  readonly key: Uint8Array | undefined;
  readonly good: ReadonlySet<string>;
  readonly scan: RepositoryScan;
  readonly note: Note;
}): Promise<void> {
  const at = indexPathOf(manifest);
  let index: VersionIndex | undefined;
  await attempt(note, 'fsck.index', at, async () => {
    const file = await store.read(at, limits.image);
    if (!file) throw new Error('it is not there');
    if (manifest.encryption && !key) checkIndexFile(file, manifest.index);
    else index = openIndexFile(file, manifest.index, manifest, key);
  });
  if (!index) return;
  const whole = index;
  if (manifest.packs.every(({ digest }) => good.has(packPath(digest))))
    await attempt(note, 'fsck.merkle-root', path, () => checkMerkleRoot(store, manifest, whole, key));
  for (const delta of manifest.deltas) {
    const file = deltaPath(delta.digest);
    if (!good.has(file)) continue;
    await attempt(note, 'fsck.pack-digest', file, async () => {
      const { offset, length, rawLength, digest } = delta.directory;
      const stored = await store.readRange(file, offset, length);
      if (digestHex(stored) !== digest) throw new Error('its table is not the one that the manifest names');
      const from = scan.manifests.find(
        ({ manifest: other }) => other.image === manifest.image && other.version === delta.from,
      );
      const fromBlocks = from ? blockCount(from.manifest.size) : limits.image / 4096;
      const packed = key ? openBytes(stored, key, 'TRIMDTAB', 'the delta table') : stored;
      decodeDeltaTable(zstdDecompress(packed, rawLength, 'the delta table'), {
        frames: whole.frames.count,
        fromBlocks,
        rows: delta.frames,
        framesEnd: offset,
      });
    });
  }
}

function noteLeftovers(scan: RepositoryScan, note: Note): void {
  const named = [...scan.manifests, ...scan.kept];
  const packs = new Set(named.flatMap(({ manifest }) => manifest.packs.map(({ digest }) => digest)));
  const deltas = new Set(named.flatMap(({ manifest }) => manifest.deltas.map(({ digest }) => digest)));
  const orphan = (path: string) =>
    note('fsck.orphan', path, 'no manifest names it; gc removes it after its time', 'warning');
  for (const [digest, { path }] of scan.packs) if (!packs.has(digest)) orphan(path);
  for (const [digest, { path }] of scan.deltas) if (!deltas.has(digest)) orphan(path);
  const indexes = new Set(named.map(({ manifest }) => indexPathOf(manifest)));
  // of a manifest that cannot be read it is not known which index is its own
  const unknown = scan.unreadable.map(({ path }) => path.replace(/\..*$/, '.'));
  for (const { path } of scan.indexes)
    if (!indexes.has(path) && !unknown.some((start) => path.startsWith(start))) orphan(path);
  for (const { path } of scan.strangers) note('fsck.stranger', path, 'it is none of the format', 'warning');
}

async function attempt(note: Note, code: FindingCode, path: string, check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    note(code, path, (error as Error).message);
  }
}
