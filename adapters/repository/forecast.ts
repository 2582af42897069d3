import {
  type BytesBySource,
  blockCount,
  type DeltaEntry,
  decodeDeltaTable,
  deltaPath,
  openBytes,
  planTransfer,
  TrimError,
  type VersionIndex,
  zstdDecompress,
} from '@atelier/trim';
import { type ContentKeys, keyOf } from './content-keys.ts';
import { readIndex, readManifest, readRoot } from './read-repository.ts';
import type { RepositoryStore } from './repository-store.ts';

export type Forecast = {
  readonly bytesTotal: number;
  readonly bySource: BytesBySource;
  /** bytes over the wire: index, delta tables, frames */
  readonly wireBytes: number;
  readonly deltaBytes: number;
  readonly requests: number;
};

/** What a client that has the versions `from` (none for a new one) must move to get to version `to`. */
export async function forecast(request: {
  readonly store: RepositoryStore;
  readonly image: string;
  readonly from: readonly number[];
  readonly to: number;
  /** finds the keys of encrypted versions */
  readonly keys?: ContentKeys;
}): Promise<Forecast> {
  const { store, image, from, to, keys } = request;
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
  const deltas = [];
  let tables = 0;
  for (const entry of manifest.deltas) {
    const at = previous.findIndex((old) => old.version === entry.from && old.root === entry.fromRoot);
    const old = previous[at];
    if (!old) continue;
    deltas.push({ previous: at, table: await readDeltaTable(store, entry, target, old.index, key) });
    tables += entry.directory.length;
  }
  const plan = planTransfer({ target, previous, deltas });
  return {
    bytesTotal: manifest.size,
    bySource: plan.bytes,
    wireBytes: plan.wireBytes + manifest.index.length + tables,
    deltaBytes: plan.deltaBytes,
    requests: plan.requests.length + deltas.length + 4,
  };
}

async function readDeltaTable(
  store: RepositoryStore,
  entry: DeltaEntry,
  target: VersionIndex,
  from: VersionIndex,
  key: Uint8Array | undefined,
) {
  const { offset, length, rawLength } = entry.directory;
  const path = deltaPath(entry.digest);
  if (!(await store.stat(path))) throw new TrimError('trim.not-found', `${path} is not in the repository`);
  const stored = await store.readRange(path, offset, length);
  const packed = key ? openBytes(stored, key, 'TRIMDTAB', 'the delta table') : stored;
  const raw = zstdDecompress(packed, rawLength, 'the delta table');
  return decodeDeltaTable(raw, {
    frames: target.frames.count,
    fromBlocks: blockCount(from.size),
    rows: entry.frames,
    framesEnd: offset,
  });
}
