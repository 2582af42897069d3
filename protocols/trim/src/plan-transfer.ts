import { chooseFrames, frameSource } from './choose-frames.ts';
import { coalesce } from './coalesce.ts';
import { imageUses } from './image-uses.ts';
import { blockBytes } from './limits.ts';
import type { FrameFetch, PlanInput, TransferPlan } from './plan-types.ts';
import type { VersionIndex } from './version-index.ts';

/**
 * Decides where every block of a version comes from, and which ranges to ask for. Pure: the same input gives the same plan.
 * A frame is all or nothing on the wire, so a block is taken locally only where that spares its whole frame.
 */
export function planTransfer(input: PlanInput): TransferPlan {
  const { target } = input;
  const choice = chooseFrames(input, input.uses ?? imageUses(target));
  const bytes = { zero: 0, interrupted: 0, previous: 0, host: 0, network: 0 };
  const copies = input.previous.map(() => [] as number[]);
  const early = input.previous.map(() => [] as number[]);
  const host = new Set<number>();
  let run: { source: number; runs: number[]; at: number; early: number } | undefined;
  let frame = 0;
  for (let block = 0; block < target.map.length; block++) {
    const value = target.map[block] as number;
    const length = lengthOfBlock(target, block);
    if (value === 0) {
      bytes.zero += length;
      continue;
    }
    if (input.interrupted?.[block] === 1) {
      bytes.interrupted += length;
      continue;
    }
    const ref = value - 1;
    frame = nearFrame(target, frame, ref);
    if (choice.source[frame] !== frameSource.local) {
      bytes.network += length;
      continue;
    }
    const next =
      run && run.early === choice.early[frame] && run.at + (run.runs.at(-1) as number) === block ? run : undefined;
    const from = choice.locate(frame, ref, next && { source: next.source, block: nextBlock(next.runs) });
    if (!from) {
      host.add(ref);
      bytes.host += length;
      continue;
    }
    bytes.previous += length;
    if (next && next.source === from.source && nextBlock(next.runs) === from.block) {
      next.runs[next.runs.length - 1] = (next.runs.at(-1) as number) + 1;
      continue;
    }
    const runs = (choice.early[frame] === 1 ? early : copies)[from.source] as number[];
    runs.push(block, from.block, 1);
    run = { source: from.source, runs, at: block, early: choice.early[frame] as number };
  }
  const fetches: FrameFetch[] = [];
  for (let f = 0; f < target.frames.count; f++) {
    if (choice.source[f] !== frameSource.network) continue;
    const delta = choice.delta.get(f);
    fetches.push(delta ? { kind: 'delta', frame: f, ...delta } : { kind: 'plain', frame: f });
  }
  const requests = coalesce(fetches, target.frames, input.deltas ?? [], input.costs, choice.verified);
  const wire = (kind: 'pack' | 'delta') =>
    requests.reduce((sum, request) => (request.kind === kind ? sum + request.length : sum), 0);
  return {
    kind: 'transfer-plan',
    early: early.map((runs) => Uint32Array.from(runs)),
    copies: copies.map((runs) => Uint32Array.from(runs)),
    earlyFrames: choice.early,
    host: Uint32Array.from([...host].sort((a, b) => a - b)),
    requests,
    bytes,
    wireBytes: wire('pack') + wire('delta'),
    deltaBytes: wire('delta'),
  };
}

/** Bytes of the disk in a block: 4,096, or less in the last one. */
export function lengthOfBlock(index: { readonly size: number }, block: number): number {
  return Math.min(blockBytes, index.size - block * blockBytes);
}

function nextBlock(runs: readonly number[]): number {
  return (runs.at(-2) as number) + (runs.at(-1) as number);
}

/** The frame of `ref`, looked for from the one before, for blocks mostly follow each other. */
function nearFrame({ frames }: VersionIndex, near: number, ref: number): number {
  const first = frames.first;
  if (ref >= (first[near] as number) && ref < (first[near + 1] as number)) return near;
  if (near + 1 < frames.count && ref >= (first[near + 1] as number) && ref < (first[near + 2] as number))
    return near + 1;
  let low = 0;
  let high = frames.count - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((first[middle] as number) <= ref) low = middle;
    else high = middle - 1;
  }
  return low;
}
