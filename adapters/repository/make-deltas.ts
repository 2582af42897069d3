import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ThreadPool } from '@atelier/adapters/thread-pool';
import {
  type DeltaEntry,
  deltaMagic,
  deltaPath,
  digestHex,
  encodeDeltaTable,
  imageUses,
  type Manifest,
  matchFrames,
  type PackEntry,
  packPath,
  reviveTrimError,
  sealBytes,
  type VersionIndex,
  zstdCompress,
} from '@atelier/trim';
import { anchorTable } from './anchors.ts';
import type { AssembledIndex } from './assemble-index.ts';
import { type DeltaDone, type DeltaShared, noBlock } from './delta-tasks.ts';
import { inOrder } from './in-order.ts';
import type { StoredFrame } from './pack-tasks.ts';
import type { PublishProgress } from './publish-types.ts';
import { readIndex } from './read-repository.ts';
import type { RepositoryStore } from './repository-store.ts';
import { SpoolFile } from './spool-file.ts';

export type DeltaRequest = {
  readonly store: RepositoryStore;
  readonly threads: number;
  readonly parents: readonly Manifest[];
  readonly assembled: AssembledIndex;
  readonly level: number;
  readonly key?: Uint8Array;
  readonly report: (progress: PublishProgress, force?: boolean) => void;
  readonly signal?: AbortSignal;
};

/** Makes a delta pack from each parent, where it has frames that are shorter as deltas. */
export async function makeDeltas(request: DeltaRequest): Promise<readonly DeltaEntry[]> {
  const entries: DeltaEntry[] = [];
  for (const parent of request.parents) {
    const entry = await makeDelta(request, parent);
    if (entry) entries.push(entry);
  }
  return entries;
}

async function makeDelta(request: DeltaRequest, parent: Manifest): Promise<DeltaEntry | undefined> {
  const { store, assembled, key, threads, level } = request;
  const old = await readIndex(store, parent, key);
  const { firstRef } = matchFrames(assembled.index.frames, old);
  const wanted = [...firstRef.keys()].filter((frame) => firstRef[frame] === -1);
  if (wanted.length === 0) return undefined;
  const spooled = join(store.spoolFolder, randomUUID());
  const file = await open(spooled, 'wx+', 0o600);
  const blockOfRef = firstBlocks(old);
  const shared: DeltaShared = { oldFd: file.fd, table: anchorTable(blockOfRef.length), blockOfRef, level, key };
  const pool = new ThreadPool(new URL('./delta-worker.ts', import.meta.url), threads, shared, reviveTrimError);
  try {
    await enterOld(request, parent, old, pool);
    return await packDelta(request, parent, wanted, pool);
  } finally {
    await pool.close();
    await file.close();
    await rm(spooled, { force: true });
  }
}

function firstBlocks(index: VersionIndex): Uint32Array {
  const { first, blocks } = imageUses(index);
  const blockOfRef = new Uint32Array(new SharedArrayBuffer((first.length - 1) * 4)).fill(noBlock);
  for (let ref = 0; ref < blockOfRef.length; ref++)
    if ((first[ref] as number) < (first[ref + 1] as number)) blockOfRef[ref] = blocks[first[ref] as number] as number;
  return blockOfRef;
}

/** Unpacks the old version's blocks into a file and enters their anchors. */
async function enterOld(
  { store, signal }: DeltaRequest,
  parent: Manifest,
  { frames }: VersionIndex,
  pool: ThreadPool,
): Promise<void> {
  const unpack = async (chain: readonly number[]) =>
    pool.run({
      kind: 'unpack',
      chain: await readFrames(store, parent.packs, frames, chain),
      ref: frames.first[chain[0] as number] as number,
    });
  for await (const _ of inOrder(chainsOf(frames), pool.threads + 1, unpack)) signal?.throwIfAborted();
  const refs = frames.first[frames.count] as number;
  const step = 1024;
  const starts = Array.from({ length: Math.ceil(refs / step) }, (_, i) => i * step);
  const anchor = (from: number) => pool.run({ kind: 'anchor', from, to: Math.min(from + step, refs) });
  for await (const _ of inOrder(starts, pool.threads * 2, anchor)) signal?.throwIfAborted();
}

async function packDelta(
  request: DeltaRequest,
  parent: Manifest,
  wanted: readonly number[],
  pool: ThreadPool,
): Promise<DeltaEntry | undefined> {
  const { store, assembled, key, signal, report } = request;
  const { frames } = assembled.index;
  const rows: { readonly frame: number; readonly length: number; readonly runs: Uint32Array }[] = [];
  const file = await SpoolFile.create(store.spoolFolder);
  try {
    await file.append(Buffer.from(deltaMagic));
    const isWanted = new Set(wanted);
    const chains = chainsOf(frames).filter((chain) => chain.some((frame) => isWanted.has(frame)));
    const make = async (chain: readonly number[]) => ({
      chain,
      done: await pool.run<DeltaDone>({
        kind: 'delta',
        chain: await readFrames(store, assembled.packs, frames, chain),
        wanted: chain.map((frame) => isWanted.has(frame)),
      }),
    });
    const bytesTotal = chains.flat().reduce((sum, frame) => sum + bytesOf(frames, frame), 0);
    let bytesDone = 0;
    for await (const { chain, done } of inOrder(chains, pool.threads + 1, make)) {
      signal?.throwIfAborted();
      bytesDone += chain.reduce((sum, frame) => sum + bytesOf(frames, frame), 0);
      report({ phase: 'delta', bytesDone, bytesTotal, packedBytes: file.length }, bytesDone === bytesTotal);
      for (const [i, { stored, runs }] of done.entries()) {
        if (!stored) continue;
        rows.push({ frame: chain[i] as number, length: stored.length, runs });
        await file.append(stored);
      }
    }
    if (rows.length === 0) {
      await file.discard();
      return undefined;
    }
    const offset = file.length;
    const raw = encodeDeltaTable(deltaTable(rows));
    const packed = zstdCompress(raw, 15);
    const directory = key ? sealBytes(packed, key, 'TRIMDTAB') : packed;
    await file.append(directory);
    const digest = await file.finish();
    await store.writeImmutable(deltaPath(digest), { spoolFile: file.path });
    return {
      from: parent.version,
      fromRoot: parent.root,
      digest,
      length: file.length,
      frames: rows.length,
      directory: { offset, length: directory.length, rawLength: raw.length, digest: digestHex(directory) },
    };
  } catch (error) {
    await file.discard();
    throw error;
  }
}

function deltaTable(rows: readonly { readonly frame: number; readonly length: number; readonly runs: Uint32Array }[]) {
  const firstRun = new Uint32Array(rows.length + 1);
  for (const [r, { runs }] of rows.entries()) firstRun[r + 1] = (firstRun[r] as number) + runs.length / 2;
  const runs = new Uint32Array((firstRun[rows.length] as number) * 2);
  for (const [r, row] of rows.entries()) runs.set(row.runs, (firstRun[r] as number) * 2);
  return {
    kind: 'delta-table' as const,
    count: rows.length,
    frame: Uint32Array.from(rows, ({ frame }) => frame),
    offset: new Float64Array(rows.length),
    length: Uint32Array.from(rows, ({ length }) => length),
    firstRun,
    runs,
  };
}

/** The frames of each chain, in order. */
function chainsOf({ count, prefix }: VersionIndex['frames']): readonly (readonly number[])[] {
  const chains: number[][] = [];
  for (let f = 0; f < count; f++)
    if (prefix[f] === 0) chains.push([f]);
    else chains.at(-1)?.push(f);
  return chains;
}

async function readFrames(
  store: RepositoryStore,
  packs: readonly PackEntry[],
  frames: VersionIndex['frames'],
  chain: readonly number[],
): Promise<readonly StoredFrame[]> {
  return Promise.all(
    chain.map(async (frame) => ({
      stored: await store.readRange(
        packPath((packs[frames.pack[frame] as number] as PackEntry).digest),
        frames.offset[frame] as number,
        frames.length[frame] as number,
      ),
      blocks: (frames.first[frame + 1] as number) - (frames.first[frame] as number),
      prefix: frames.prefix[frame] as number,
      digest: frames.digests.slice(frame * 32, frame * 32 + 32),
    })),
  );
}

function bytesOf(frames: VersionIndex['frames'], frame: number): number {
  return ((frames.first[frame + 1] as number) - (frames.first[frame] as number)) * 4096;
}
