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
  /** by frame: 1 when it is at hand and a frame that is fetched needs it as its prefix */
  readonly early: Uint8Array;
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
  const shortest = shortestDeltas(input);
  const early = fetchPrefixes(input.target, uses, source, shortest);
  for (let f = 0; f < frames.count; f++) if (source[f] === frameSource.network) verified[f] = 0;
  const delta = new Map<number, { readonly delta: number; readonly row: number }>();
  for (const [frame, { delta: place, row }] of shortest)
    if (source[frame] === frameSource.network) delta.set(frame, { delta: place, row });
  return { source, verified, early, delta, locate };
}

/**
 * Makes sure that every plain frame that is fetched finds its prefix on the disk: where a block of it has no place in the
 * image, its frame is fetched too. Marks the frames at hand that others wait for.
 */
function fetchPrefixes(
  { frames }: PlanInput['target'],
  uses: ImageUses,
  source: Uint8Array,
  deltas: ReadonlyMap<number, unknown>,
): Uint8Array {
  const early = new Uint8Array(frames.count);
  // prefixes reach back only, so what is added here is looked at later
  for (let f = frames.count - 1; f >= 0; f--) {
    if (source[f] !== frameSource.network || deltas.has(f)) continue;
    const from = (frames.first[f] as number) - (frames.prefix[f] as number);
    for (let g = f - 1; g >= 0 && (frames.first[g + 1] as number) > from; g--) {
      if (source[g] === frameSource.network) continue;
      let placed = true;
      for (let ref = Math.max(from, frames.first[g] as number); placed && ref < (frames.first[g + 1] as number); ref++)
        placed = (uses.first[ref] as number) < (uses.first[ref + 1] as number);
      if (!placed) source[g] = frameSource.network;
      else if (source[g] === frameSource.local) early[g] = 1;
    }
  }
  return early;
}

function isNeeded(uses: ImageUses, ref: number, interrupted: Uint8Array | undefined): boolean {
  const end = uses.first[ref + 1] as number;
  for (let u = uses.first[ref] as number; u < end; u++) if (interrupted?.[uses.blocks[u] as number] !== 1) return true;
  return false;
}

/** For each frame the shortest delta frame, when it is shorter than the plain one. */
function shortestDeltas(input: PlanInput): ReadonlyMap<number, { readonly delta: number; readonly row: number }> {
  const best = new Map<number, { readonly delta: number; readonly row: number; readonly length: number }>();
  for (const [delta, { table }] of (input.deltas ?? []).entries())
    for (let row = 0; row < table.count; row++) {
      const frame = table.frame[row] as number;
      if (input.refetch?.[frame] === 1) continue;
      const length = table.length[row] as number;
      const limit = best.get(frame)?.length ?? (input.target.frames.length[frame] as number);
      if (length < limit) best.set(frame, { delta, row, length });
    }
  return best;
}
