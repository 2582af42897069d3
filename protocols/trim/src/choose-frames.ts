import type { ImageUses } from './image-uses.ts';
import { matchFrames } from './match-frames.ts';
import type { PlanInput } from './plan-types.ts';

/** What becomes of a frame: nothing is needed of it, all that is needed is at hand, or it is fetched. */
export const frameSource = { unneeded: 0, local: 1, network: 2 } as const;

/** A block of one of the previous versions. */
export type PreviousBlock = { readonly source: number; readonly block: number };

export type FrameChoice = {
  /** by frame: one of `frameSource` */
  readonly source: Uint8Array;
  /** by frame: 1 when all that is needed of it was there before the transfer */
  readonly verified: Uint8Array;
  /** frames that are cheapest as a delta */
  readonly delta: ReadonlyMap<number, { readonly delta: number; readonly row: number }>;
  /** where a ref of a frame lies in a previous version, `wish` if it is one of its places; undefined when in none */
  readonly locate: (frame: number, ref: number, wish: PreviousBlock | undefined) => PreviousBlock | undefined;
};

/** Decides by frame whether it is needed, at hand or to be fetched, and in which form. */
export function chooseFrames(input: PlanInput, uses: ImageUses): FrameChoice {
  const { frames } = input.target;
  const previous = input.previous.map(({ index }) => matchFrames(frames, index));
  const locate: FrameChoice['locate'] = (frame, ref, wish) => {
    const entry = ref - (frames.first[frame] as number);
    if (wish) {
      const match = previous[wish.source] as (typeof previous)[number];
      const base = match.firstRef[frame] as number;
      if (base >= 0 && match.map[wish.block] === base + entry + 1) return wish;
    }
    for (let source = 0; source < previous.length; source++) {
      const match = previous[source] as (typeof previous)[number];
      const base = match.firstRef[frame] as number;
      if (base < 0) continue;
      const block = match.firstBlock[base + entry] as number;
      if (block >= 0) return { source, block };
    }
    return undefined;
  };
  const source = new Uint8Array(frames.count);
  const verified = new Uint8Array(frames.count);
  for (let f = 0; f < frames.count; f++) {
    for (let ref = frames.first[f] as number; ref < (frames.first[f + 1] as number); ref++) {
      if (!isNeeded(uses, ref, input.interrupted)) continue;
      const local = input.refetch?.[f] !== 1 && (locate(f, ref, undefined) !== undefined || input.host?.[ref] === 1);
      source[f] = local ? frameSource.local : frameSource.network;
      if (!local) break;
    }
    const used =
      (uses.first[frames.first[f + 1] as number] as number) > (uses.first[frames.first[f] as number] as number);
    if (used && source[f] === frameSource.unneeded) verified[f] = 1;
  }
  return { source, verified, delta: chooseDeltas(input, source), locate };
}

function isNeeded(uses: ImageUses, ref: number, interrupted: Uint8Array | undefined): boolean {
  const end = uses.first[ref + 1] as number;
  for (let u = uses.first[ref] as number; u < end; u++) if (interrupted?.[uses.blocks[u] as number] !== 1) return true;
  return false;
}

/** For each frame to fetch the shortest delta frame, when it is shorter than the plain one. */
function chooseDeltas(input: PlanInput, source: Uint8Array): Map<number, { delta: number; row: number }> {
  const best = new Map<number, { delta: number; row: number; length: number }>();
  for (const [delta, { table }] of (input.deltas ?? []).entries())
    for (let row = 0; row < table.count; row++) {
      const frame = table.frame[row] as number;
      if (source[frame] !== frameSource.network || input.refetch?.[frame] === 1) continue;
      const length = table.length[row] as number;
      const limit = best.get(frame)?.length ?? (input.target.frames.length[frame] as number);
      if (length < limit) best.set(frame, { delta, row, length });
    }
  return new Map([...best].map(([frame, { delta, row }]) => [frame, { delta, row }]));
}
