import {
  type BytesBySource,
  blockCount,
  type DeltaEntry,
  decodeDeltaTable,
  deltaPath,
  type Manifest,
  openBytes,
  type PlanInput,
  planTransfer,
  TrimError,
  type VersionIndex,
  zstdDecompress,
} from '@atelier/trim';
import { type ContentKeys, keyOf } from './content-keys.ts';
import { hostFlags } from './host-flags.ts';
import { readIndex, readManifest, readRoot } from './read-repository.ts';
import type { RepositoryStore } from './repository-store.ts';

/** What `planTransfer` decides, in figures. */
export type Forecast = {
  readonly image: string;
  readonly from: readonly number[];
  readonly to: number;
  readonly bytesTotal: number;
  readonly bySource: BytesBySource;
  /** bytes over the wire: index, delta tables, hashes to look for in host files, frames */
  readonly wireBytes: number;
  readonly indexBytes: number;
  readonly tableBytes: number;
  readonly hashBytes: number;
  readonly packBytes: number;
  readonly deltaBytes: number;
  /** ranges and files that are asked for */
  readonly requests: number;
  /** frames of the version, and how many of them are fetched in which form */
  readonly frames: number;
  readonly plainFrames: number;
  readonly deltaFrames: number;
};

export type ForecastRequest = {
  readonly store: RepositoryStore;
  readonly image: string;
  /** versions that are at hand, the best first; none for a new computer */
  readonly from: readonly number[];
  readonly to: number;
  /** folders of this computer whose files may lend blocks, and where their index is kept */
  readonly host?: { readonly folders: readonly string[]; readonly indexPath: string };
  /** finds the keys of encrypted versions */
  readonly keys?: ContentKeys;
};

/** root.json, latest.json, manifest and index. */
const metadataRequests = 4;

/** What a client must move to get to a version. Throws `trim.no-version`, `trim.key-missing`. */
export async function forecast(request: ForecastRequest): Promise<Forecast> {
  const { store, image, from, to, keys, host } = request;
  const root = await readRoot(store);
  const { manifest } = await readManifest(store, root, image, to);
  const key = await keyOf(manifest, keys);
  const target = await readIndex(store, manifest, key);
  const previous = [];
  for (const version of from) {
    const old = await readManifest(store, root, image, version);
    const index = await readIndex(store, old.manifest, await keyOf(old.manifest, keys));
    previous.push({ version, root: old.manifest.root, index });
  }
  const { deltas, tableBytes } = await usableDeltas(store, manifest, target, previous, key);
  const input: PlanInput = { target, previous, deltas };
  const found = host && (await hostFlags({ store, manifest, input, key, ...host }));
  const plan = planTransfer(found ? { ...input, host: found.flags } : input);
  const fetched = plan.requests.flatMap(({ frames }) => frames);
  const hashBytes = found?.hashBytes ?? 0;
  return {
    image,
    from,
    to,
    bytesTotal: manifest.size,
    bySource: plan.bytes,
    wireBytes: plan.wireBytes + manifest.index.length + tableBytes + hashBytes,
    indexBytes: manifest.index.length,
    tableBytes,
    hashBytes,
    packBytes: plan.wireBytes - plan.deltaBytes,
    deltaBytes: plan.deltaBytes,
    requests: plan.requests.length + deltas.length + metadataRequests + (found?.requests ?? 0),
    frames: target.frames.count,
    plainFrames: fetched.filter(({ kind }) => kind === 'plain').length,
    deltaFrames: fetched.filter(({ kind }) => kind === 'delta').length,
  };
}

/**
 * Seconds that a transfer takes at least over a link: bytes by its rate, and round trips of requests, of which four are under
 * way at a time.
 */
export function secondsOver(
  { wireBytes, requests }: Pick<Forecast, 'wireBytes' | 'requests'>,
  link: { readonly bytesPerSecond: number; readonly roundTripSeconds: number },
): number {
  const trips = metadataRequests + Math.ceil(Math.max(0, requests - metadataRequests) / 4);
  return Math.max(wireBytes / link.bytesPerSecond, trips * link.roundTripSeconds) + link.roundTripSeconds;
}

async function usableDeltas(
  store: RepositoryStore,
  manifest: Manifest,
  target: VersionIndex,
  previous: readonly { readonly version: number; readonly root: string; readonly index: VersionIndex }[],
  key: Uint8Array | undefined,
) {
  const deltas = [];
  let tableBytes = 0;
  for (const entry of manifest.deltas) {
    const at = previous.findIndex((old) => old.version === entry.from && old.root === entry.fromRoot);
    const old = previous[at];
    if (!old) continue;
    deltas.push({ previous: at, table: await readDeltaTable(store, entry, target, old.index, key) });
    tableBytes += entry.directory.length;
  }
  return { deltas, tableBytes };
}

async function readDeltaTable(
  store: RepositoryStore,
  entry: DeltaEntry,
  target: VersionIndex,
  from: VersionIndex,
  key: Uint8Array | undefined,
) {
  const { offset, length, rawLength } = entry.directory;
  const stored = await store.readRange(deltaPath(entry.digest), offset, length);
  if (stored.length !== length) throw new TrimError('trim.format', `${deltaPath(entry.digest)} ends within its table`);
  const packed = key ? openBytes(stored, key, 'TRIMDTAB', 'the delta table') : stored;
  const raw = zstdDecompress(packed, rawLength, 'the delta table');
  return decodeDeltaTable(raw, {
    frames: target.frames.count,
    fromBlocks: blockCount(from.size),
    rows: entry.frames,
    framesEnd: offset,
  });
}
