import { buffersUsed, type ThreadPool } from '@atelier/adapters/thread-pool';
import {
  type CopyRuns,
  type DeltaTable,
  deltaPath,
  type FrameFetch,
  frameOfRef,
  type Manifest,
  packPath,
  type RangeRequest,
  rangeOf,
  type TransferPlan,
  TrimError,
} from '@atelier/trim';
import type { HostBlocks } from './find-host-blocks.ts';
import { type FrameRange, frameStream } from './frame-stream.ts';
import { PrefixWaiting } from './prefix-waiting.ts';
import type { ProgressMeter } from './progress-meter.ts';
import type { RepositoryReader } from './repository-reader.ts';
import type { Recording } from './sources/pack-cache.ts';
import type { RangeSource } from './sources/source.ts';
import type { CopyDone, FrameDone, FrameTask, HostDone, HostTask, TransferShared } from './transfer-tasks.ts';

export type UsableDelta = { readonly previous: number; readonly digest: string; readonly table: DeltaTable };

export type RunContext = {
  readonly manifest: Manifest;
  readonly shared: TransferShared;
  /** by frame: 1 when the digests of its blocks are known */
  readonly known: Uint8Array;
  readonly deltas: readonly UsableDelta[];
  readonly host?: HostBlocks;
  readonly reader: RepositoryReader;
  readonly pool: ThreadPool;
  readonly meter: ProgressMeter;
  readonly parallel: number;
  readonly signal?: AbortSignal;
};

/** A frame that was not what the index says, and who gave it. */
export type BadFrame = {
  readonly fetch: FrameFetch;
  readonly why: string;
  readonly sources: ReadonlySet<RangeSource>;
};

/**
 * What a run could not do, for the next plan: blocks of previous disks and refs of host files that were bad, frames to fetch
 * again. A frame whose prefix did not come is left to the next plan without a word.
 */
export type Leftovers = {
  readonly badBlocks: readonly number[];
  readonly badRefs: readonly number[];
  readonly badFrames: readonly BadFrame[];
};

/** Carries a plan out: copies and requests side by side. Gives what was not right; throws when a request fails for good. */
export async function runPlan(plan: TransferPlan, context: RunContext): Promise<Leftovers> {
  const stop = new AbortController();
  const badBlocks: number[] = [];
  const badRefs: number[] = [];
  const badFrames: BadFrame[] = [];
  const waiting = new PrefixWaiting(context.shared, plan);
  const early = Promise.all([
    copyAll(plan.early, context, stop.signal, badBlocks, waiting),
    takeFromHost(plan, true, context, stop.signal, badRefs, waiting),
  ]).then(() => waiting.noMoreLocal());
  const work = [
    early,
    early.then(() => takeFromHost(plan, false, context, stop.signal, badRefs, waiting)),
    early.then(() => copyAll(plan.copies, context, stop.signal, badBlocks, waiting)),
    fetchAll(plan, context, stop.signal, badFrames, waiting),
  ];
  const failed = (
    await Promise.allSettled(
      work.map((one) =>
        one.catch((error) => {
          stop.abort(error);
          waiting.beat();
          throw error;
        }),
      ),
    )
  ).find((one) => one.status === 'rejected');
  if (failed) throw stop.signal.reason;
  return { badBlocks, badRefs, badFrames };
}

async function copyAll(
  copies: readonly CopyRuns[],
  { pool, meter, signal }: RunContext,
  stop: AbortSignal,
  bad: number[],
  waiting: PrefixWaiting,
): Promise<void> {
  const next = copyTasks(copies);
  const lane = async () => {
    for (const task of next) {
      signal?.throwIfAborted();
      if (stop.aborted) return;
      const done = await pool.run<CopyDone>({ kind: 'copy', ...task });
      meter.add('previous', done.bytes);
      for (const block of done.bad) bad.push(block);
      waiting.beat();
    }
  };
  await Promise.all(Array.from({ length: pool.threads }, lane));
}

/** Pieces of at most some 8 MiB, so that progress moves and frames get their turn. */
function* copyTasks(copies: readonly CopyRuns[]): Generator<{ readonly previous: number; readonly runs: Uint32Array }> {
  const most = 2048;
  for (const [previous, runs] of copies.entries()) {
    let open: number[] = [];
    let blocks = 0;
    for (let r = 0; r < runs.length; r += 3) {
      for (let at = 0; at < (runs[r + 2] as number); ) {
        const count = Math.min((runs[r + 2] as number) - at, most - blocks);
        open.push((runs[r] as number) + at, (runs[r + 1] as number) + at, count);
        blocks += count;
        at += count;
        if (blocks < most) continue;
        yield { previous, runs: Uint32Array.from(open) };
        open = [];
        blocks = 0;
      }
    }
    if (open.length > 0) yield { previous, runs: Uint32Array.from(open) };
  }
}

/** Takes blocks from host files, frame by frame: those that are `early`, or the others. */
async function takeFromHost(
  plan: TransferPlan,
  early: boolean,
  context: RunContext,
  stop: AbortSignal,
  bad: number[],
  waiting: PrefixWaiting,
): Promise<void> {
  const { pool, meter, signal } = context;
  const next = hostTasks(plan, early, context);
  const lane = async () => {
    for (const task of next) {
      signal?.throwIfAborted();
      if (stop.aborted) return;
      const done = await pool.run<HostDone>(task);
      meter.add(context.host?.sourceOf(task.paths) ?? 'host', done.bytes);
      bad.push(...done.bad);
      waiting.beat();
    }
  };
  await Promise.all(Array.from({ length: pool.threads }, lane));
}

/** One task by frame. Of a frame whose block digests are not known all blocks are taken, for they are verified together. */
function* hostTasks(
  { host: wanted, earlyFrames }: TransferPlan,
  early: boolean,
  context: RunContext,
): Generator<HostTask> {
  const { host, known, shared } = context;
  if (!host) return;
  const { first } = shared.frames;
  for (let i = 0; i < wanted.length; ) {
    const frame = frameOfRef(shared.frames, wanted[i] as number);
    const end = first[frame + 1] as number;
    const from = i;
    while (i < wanted.length && (wanted[i] as number) < end) i++;
    if ((earlyFrames[frame] === 1) !== early) continue;
    const all = Uint32Array.from(
      { length: end - (first[frame] as number) },
      (_, entry) => (first[frame] as number) + entry,
    );
    const refs = known[frame] === 1 ? wanted.slice(from, i) : all;
    const paths = new Map<string, number>();
    const path = new Uint32Array(refs.length);
    const block = new Uint32Array(refs.length);
    for (const [at, ref] of refs.entries()) {
      const place = host.place(ref);
      path[at] = paths.get(place.path) ?? paths.size;
      paths.set(place.path, path[at] as number);
      block[at] = place.block;
    }
    yield { kind: 'host', frame, known: known[frame] === 1, refs, paths: [...paths.keys()], path, block };
  }
}

type EmitFrame = (
  fetch: FrameFetch,
  stored: Uint8Array<ArrayBuffer>,
  sources: ReadonlySet<RangeSource>,
) => Promise<void>;

async function fetchAll(
  plan: TransferPlan,
  context: RunContext,
  stop: AbortSignal,
  bad: BadFrame[],
  waiting: PrefixWaiting,
): Promise<void> {
  const { pool, parallel, signal } = context;
  const next = plan.requests.values();
  const slots = new Set<Promise<boolean>>();
  const recordings: Promise<void>[] = [];
  const emitter =
    (opened: Promise<boolean>[]): EmitFrame =>
    async (fetch, stored, sources) => {
      signal?.throwIfAborted();
      if (stop.aborted) throw stop.reason;
      buffersUsed(stored.length);
      if (fetch.kind === 'plain' && !(await waiting.forPrefix(fetch.frame, stop))) {
        opened.push(Promise.resolve(false));
        return waiting.settled(fetch.frame);
      }
      // one frame that is done wakes all lanes, so each looks again before it takes the place
      while (slots.size >= pool.threads * 2) await Promise.race(slots);
      const slot = openFrame(context, fetch, stored, sources, bad).finally(() => {
        slots.delete(slot);
        waiting.settled(fetch.frame);
      });
      slots.add(slot);
      opened.push(slot);
      slot.catch(() => undefined);
    };
  const lane = async () => {
    for (const request of next) {
      if (stop.aborted) return;
      const opened: Promise<boolean>[] = [];
      const recording = await fetchRange(request, context, emitter(opened));
      // only what was verified is kept for others
      const good = Promise.all(opened).then(
        (all) => all.every(Boolean),
        () => false,
      );
      if (recording) recordings.push(good.then((all) => (all ? recording.keep() : recording.drop())));
    }
  };
  await Promise.all(Array.from({ length: parallel }, lane));
  await Promise.all(slots);
  await Promise.all(recordings);
}

async function fetchRange(
  request: RangeRequest,
  { reader, manifest, shared, deltas }: RunContext,
  emit: EmitFrame,
): Promise<Recording | undefined> {
  const ranges: FrameRange<FrameFetch>[] = request.frames.map((frame) => {
    const { offset, length } = rangeOf(frame, shared.frames, deltas);
    return { frame, offset, length };
  });
  return await reader.range(
    pathOf(request, manifest, deltas),
    request.offset,
    request.length,
    frameStream(request.offset, ranges, emit),
  );
}

/** The file of a request. */
export function pathOf(
  request: Pick<RangeRequest, 'kind' | 'file'>,
  manifest: Manifest,
  deltas: readonly UsableDelta[],
): string {
  const digest = request.kind === 'pack' ? manifest.packs[request.file]?.digest : deltas[request.file]?.digest;
  if (digest === undefined) throw new TrimError('trim.format', 'the plan names a pack that is not there');
  return request.kind === 'pack' ? packPath(digest) : deltaPath(digest);
}

async function openFrame(
  { deltas, pool, meter }: RunContext,
  fetch: FrameFetch,
  stored: Uint8Array<ArrayBuffer>,
  sources: ReadonlySet<RangeSource>,
  bad: BadFrame[],
): Promise<boolean> {
  const task: FrameTask = { kind: 'frame', frame: fetch.frame, stored, references: references(fetch, deltas) };
  const done = await pool.run<FrameDone>(task, [stored.buffer], true);
  if (done.ok) meter.add(kindOf(sources), done.bytes);
  else bad.push({ fetch, why: done.why, sources });
  return done.ok;
}

/** What a frame's bytes count as: those of several places as the repository's. */
function kindOf(sources: ReadonlySet<RangeSource>): RangeSource['kind'] {
  const [only, other] = sources;
  return only && !other ? only.kind : 'network';
}

function references(fetch: FrameFetch, deltas: readonly UsableDelta[]): FrameTask['references'] {
  if (fetch.kind === 'plain') return undefined;
  const { previous, table } = deltas[fetch.delta] as UsableDelta;
  const from = (table.firstRun[fetch.row] as number) * 2;
  return { previous, runs: table.runs.slice(from, (table.firstRun[fetch.row + 1] as number) * 2) };
}
