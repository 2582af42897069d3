import { fdatasync } from 'node:fs';
import { promisify } from 'node:util';
import { collectAll, ThreadPool } from '@atelier/adapters/thread-pool';
import {
  type FrameFetch,
  frameOfRef,
  imageUses,
  lengthOfBlock,
  packPath,
  planTransfer,
  reviveTrimError,
  TrimError,
  type VersionIndex,
} from '@atelier/trim';
import { fetchDeltaTables } from './fetch-delta-tables.ts';
import type { FetchRequest } from './fetch-types.ts';
import { findHostBlocks } from './find-host-blocks.ts';
import { finishTransfer } from './finish-transfer.ts';
import { journalEntry, readJournal } from './journal.ts';
import { knownFrames } from './known-frames.ts';
import { openPartial, type PartialDisk, requireRoom } from './partial-disk.ts';
import type { OpenedVersion } from './previous-versions.ts';
import type { ProgressMeter } from './progress-meter.ts';
import type { RepositoryReader } from './repository-reader.ts';
import { type Leftovers, runPlan } from './run-plan.ts';
import type { CheckDone, TransferShared } from './transfer-tasks.ts';
import { fetchIndex, type WantedVersion } from './update-trust.ts';

/** Makes the disk of a version whose manifest is trusted: index, plan, copies and requests, again for what was bad, end. */
export async function transfer(
  request: FetchRequest,
  { manifest, manifestDigest }: WantedVersion,
  opened: readonly OpenedVersion[],
  reader: RepositoryReader,
  meter: ProgressMeter,
): Promise<void> {
  const { parallel = 4, signal } = request;
  const key = manifest.encryption ? await request.contentKey?.(manifest.encryption.keyId) : undefined;
  if (manifest.encryption && !key)
    throw new TrimError('trim.key-missing', `${manifest.image} version ${manifest.version} is encrypted`);
  const index = await fetchIndex(reader, manifest, key);
  const name = `${manifest.image}-${manifest.version}-${manifestDigest.slice(0, 16)}`;
  const partial = await openPartial(request.sources.partialDir, name, manifest.size);
  const refs = index.frames.first[index.frames.count] as number;
  const digests = new Uint8Array(new SharedArrayBuffer(refs * 32));
  const { known, previous } = await knownFrames(index, opened, digests);
  const shared: TransferShared = {
    size: index.size,
    map: index.map,
    frames: index.frames,
    uses: imageUses(index),
    digests,
    done: new Uint8Array(new SharedArrayBuffer(index.map.length)),
    spilled: new Uint8Array(new SharedArrayBuffer(refs)),
    diskFd: partial.disk.fd,
    spillFd: partial.spill.fd,
    journalFd: partial.journal.fd,
    previousFds: previous.map(({ file }) => file.fd),
    key,
    background: request.background,
  };
  const pool = new ThreadPool(
    new URL('./transfer-worker.ts', import.meta.url),
    request.workers ?? 2,
    shared,
    reviveTrimError,
  );
  const stopSync = syncNow(partial);
  try {
    const noted = new Uint8Array(index.frames.count);
    if (partial.resumed) {
      await readJournal(partial.journalPath, index.frames, shared.digests, noted);
      for (let f = 0; f < known.length; f++) if (noted[f] === 1) known[f] = 1;
      await checkInterrupted(pool, shared, known, meter);
    }
    await noteKnown(partial, shared, known, noted);
    meter.add('zero', zeroBytes(index));
    const deltas = await fetchDeltaTables(reader, manifest, index, previous, key);
    const refetch = new Uint8Array(index.frames.count);
    meter.phase('transferring');
    const planInput = { target: index, previous, deltas, refetch, uses: shared.uses };
    const plan = { ...planInput, interrupted: shared.done.slice() };
    const { sources, background, onHostIndex } = request;
    const lookedFor = { plan, manifest, index, known, reader, key, background, onHostIndex };
    const host = await findHostBlocks({ ...lookedFor, sources: withoutOwn(sources, partial.diskPath) });
    const tried = new Map<number, number>();
    for (;;) {
      const plan = planTransfer({ ...planInput, host: host?.flags, interrupted: shared.done.slice() });
      if (plan.bytes.previous + plan.bytes.host + plan.bytes.network === 0) break;
      await requireRoom(request.sources.partialDir, plan.bytes.previous + plan.bytes.host + plan.bytes.network);
      meter.expect(plan.wireBytes);
      collectAll();
      const left = await runPlan(plan, {
        manifest,
        shared,
        known,
        deltas,
        host,
        reader,
        pool,
        meter,
        parallel,
        signal,
      });
      for (const ref of left.badRefs) if (host) host.flags[ref] = 0;
      noteLeftovers(left, index, refetch, tried, reader, (frame) =>
        packPath(manifest.packs[index.frames.pack[frame] as number]?.digest ?? ''),
      );
    }
    meter.phase('finishing');
    await finishTransfer(partial, { manifest, index, digests: shared.digests }, request.target);
  } finally {
    await stopSync();
    await pool.close();
    await partial.close();
  }
}

/** The disk that is being made is no leftover of another transfer. */
const withoutOwn = (sources: FetchRequest['sources'], own: string): FetchRequest['sources'] => ({
  ...sources,
  leftovers: sources.leftovers?.filter((path) => path !== own),
});

/** Puts frames whose block digests became known otherwise than by fetching into the journal, for a resume without that source. */
async function noteKnown(
  { journal }: PartialDisk,
  { frames, digests }: TransferShared,
  known: Uint8Array,
  noted: Uint8Array,
): Promise<void> {
  const entries: Uint8Array[] = [];
  for (let f = 0; f < frames.count; f++) {
    if (known[f] !== 1 || noted[f] === 1) continue;
    noted[f] = 1;
    entries.push(
      journalEntry(f, digests.subarray((frames.first[f] as number) * 32, (frames.first[f + 1] as number) * 32)),
    );
  }
  if (entries.length > 0) await journal.appendFile(Buffer.concat(entries));
}

async function checkInterrupted(
  pool: ThreadPool,
  shared: TransferShared,
  known: Uint8Array,
  meter: ProgressMeter,
): Promise<void> {
  const step = 16 * 1024;
  const checks: Promise<void>[] = [];
  for (let from = 0; from < shared.map.length; from += step) {
    const task = { kind: 'check', from, to: Math.min(from + step, shared.map.length), known };
    checks.push(pool.run<CheckDone>(task).then(({ bytes }) => meter.add('interrupted', bytes)));
  }
  await Promise.all(checks);
}

function zeroBytes(index: VersionIndex): number {
  let bytes = 0;
  for (let b = 0; b < index.map.length; b++) if (index.map[b] === 0) bytes += lengthOfBlock(index, b);
  return bytes;
}

/** However many places are left: somebody must be told at last. */
const mostTries = 8;

/** A frame that was bad is fetched again, plain, from somebody else where there is one; bad again, the transfer ends. */
function noteLeftovers(
  { badBlocks, badFrames }: Leftovers,
  index: VersionIndex,
  refetch: Uint8Array,
  tried: Map<number, number>,
  reader: RepositoryReader,
  pack: (frame: number) => string,
): void {
  for (const block of badBlocks) refetch[frameOfRef(index.frames, (index.map[block] as number) - 1)] = 1;
  for (const { fetch, why, sources } of badFrames) {
    refetch[fetch.frame] = 1;
    const elsewhere = reader.distrust(sources, `frame ${fetch.frame} (${pack(fetch.frame)}): ${why}`);
    if (fetch.kind === 'delta') continue;
    const times = (tried.get(fetch.frame) ?? 0) + 1;
    tried.set(fetch.frame, times);
    if ((times >= 2 && !elsewhere) || times >= mostTries) throw corrupt(fetch, index, why, pack(fetch.frame));
  }
}

function corrupt({ frame }: FrameFetch, { frames }: VersionIndex, why: string, pack: string): TrimError {
  return new TrimError(
    'trim.frame-corrupt',
    `frame ${frame} (${pack}, byte ${frames.offset[frame]}, ${frames.length[frame]} bytes): ${why}`,
  );
}

/** Brings what was written to the disk every two seconds, so that a power cut costs little. Gives the call that ends it. */
function syncNow({ disk, journal }: PartialDisk): () => Promise<void> {
  const sync = promisify(fdatasync);
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= sync(disk.fd)
      .then(() => sync(journal.fd))
      .catch(() => undefined)
      .finally(() => {
        running = undefined;
      });
  }, 2000);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
