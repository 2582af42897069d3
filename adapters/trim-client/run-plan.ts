import type { ThreadPool } from '@atelier/adapters/thread-pool';
import {
  type CopyRuns,
  type DeltaTable,
  deltaPath,
  type FrameFetch,
  type Manifest,
  packPath,
  type RangeRequest,
  rangeOf,
  type TransferPlan,
  TrimError,
  type VersionIndex,
} from '@atelier/trim';
import type { HostBlocks } from './find-host-blocks.ts';
import { type FrameRange, frameStream } from './frame-stream.ts';
import type { ProgressMeter } from './progress-meter.ts';
import type { RepositoryReader } from './repository-reader.ts';
import type { CopyDone, FrameDone, FrameTask, HostDone } from './transfer-tasks.ts';

export type UsableDelta = { readonly previous: number; readonly digest: string; readonly table: DeltaTable };

export type RunContext = {
  readonly manifest: Manifest;
  readonly index: VersionIndex;
  readonly deltas: readonly UsableDelta[];
  readonly host?: HostBlocks;
  readonly reader: RepositoryReader;
  readonly pool: ThreadPool;
  readonly meter: ProgressMeter;
  readonly parallel: number;
  readonly signal?: AbortSignal;
};

/** What a run could not do, for the next plan: blocks of previous disks and refs of host files that were bad, frames to fetch again. */
export type Leftovers = {
  readonly badBlocks: readonly number[];
  readonly badRefs: readonly number[];
  readonly badFrames: readonly { readonly fetch: FrameFetch; readonly why: string }[];
};

/** Carries a plan out: copies and requests side by side. Gives what was not right; throws when a request fails for good. */
export async function runPlan(plan: TransferPlan, context: RunContext): Promise<Leftovers> {
  const stop = new AbortController();
  const badBlocks: number[] = [];
  const badRefs: number[] = [];
  const badFrames: { fetch: FrameFetch; why: string }[] = [];
  const work = [
    copyAll(plan, context, stop.signal, badBlocks),
    takeFromHost(plan, context, stop.signal, badRefs),
    fetchAll(plan, context, stop.signal, badFrames),
  ];
  const failed = (
    await Promise.allSettled(work.map((one) => one.catch((error) => Promise.reject(stopWith(stop, error)))))
  ).find((one) => one.status === 'rejected');
  if (failed) throw stop.signal.reason;
  return { badBlocks, badRefs, badFrames };
}

/** The first failure is the one to tell; those that follow from stopping are not. */
function stopWith(stop: AbortController, error: unknown): unknown {
  stop.abort(error);
  return error;
}

async function copyAll(
  plan: TransferPlan,
  { pool, meter, signal }: RunContext,
  stop: AbortSignal,
  bad: number[],
): Promise<void> {
  const next = copyTasks(plan.copies);
  const lane = async () => {
    for (const task of next) {
      signal?.throwIfAborted();
      if (stop.aborted) return;
      const done = await pool.run<CopyDone>({ kind: 'copy', ...task });
      meter.add('previous', done.bytes);
      for (const block of done.bad) bad.push(block);
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

/** Takes blocks from host files, file by file. */
async function takeFromHost(
  { host: refs }: TransferPlan,
  context: RunContext,
  stop: AbortSignal,
  bad: number[],
): Promise<void> {
  const { host, pool, meter, signal } = context;
  if (!host) return;
  const byFile = new Map<string, { readonly refs: number[]; readonly blocks: number[] }>();
  for (const ref of refs) {
    const { path, block } = host.place(ref);
    const task = byFile.get(path) ?? { refs: [], blocks: [] };
    byFile.set(path, task);
    task.refs.push(ref);
    task.blocks.push(block);
  }
  const next = byFile.entries();
  const lane = async () => {
    for (const [path, task] of next) {
      signal?.throwIfAborted();
      if (stop.aborted) return;
      const done = await pool.run<HostDone>({ kind: 'host', path, ...task });
      meter.add('host', done.bytes);
      bad.push(...done.bad);
    }
  };
  await Promise.all(Array.from({ length: pool.threads }, lane));
}

async function fetchAll(
  plan: TransferPlan,
  context: RunContext,
  stop: AbortSignal,
  bad: { fetch: FrameFetch; why: string }[],
): Promise<void> {
  const { pool, parallel, signal } = context;
  const next = plan.requests.values();
  const slots = new Set<Promise<void>>();
  const emit = async (fetch: FrameFetch, stored: Uint8Array<ArrayBuffer>) => {
    signal?.throwIfAborted();
    if (stop.aborted) throw stop.reason;
    // one frame that is done wakes all lanes, so each looks again before it takes the place
    while (slots.size >= pool.threads * 3) await Promise.race(slots);
    const slot = openFrame(context, fetch, stored, bad).finally(() => slots.delete(slot));
    slots.add(slot);
    slot.catch(() => undefined);
  };
  const lane = async () => {
    for (const request of next) {
      if (stop.aborted) return;
      await fetchRange(request, context, emit);
    }
  };
  await Promise.all(Array.from({ length: parallel }, lane));
  await Promise.all(slots);
}

async function fetchRange(
  request: RangeRequest,
  { reader, manifest, index, deltas }: RunContext,
  emit: (fetch: FrameFetch, stored: Uint8Array<ArrayBuffer>) => Promise<void>,
): Promise<void> {
  const ranges: FrameRange<FrameFetch>[] = request.frames.map((frame) => {
    const { offset, length } = rangeOf(frame, index.frames, deltas);
    return { frame, offset, length };
  });
  await reader.range(
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
  bad: { fetch: FrameFetch; why: string }[],
): Promise<void> {
  const task: FrameTask = { kind: 'frame', frame: fetch.frame, stored, references: references(fetch, deltas) };
  const done = await pool.run<FrameDone>(task, [stored.buffer], true);
  if (done.ok) meter.add('network', done.bytes);
  else bad.push({ fetch, why: done.why });
}

function references(fetch: FrameFetch, deltas: readonly UsableDelta[]): FrameTask['references'] {
  if (fetch.kind === 'plain') return undefined;
  const { previous, table } = deltas[fetch.delta] as UsableDelta;
  const from = (table.firstRun[fetch.row] as number) * 2;
  return { previous, runs: table.runs.slice(from, (table.firstRun[fetch.row + 1] as number) * 2) };
}
