import type { FrameTable, VersionIndex } from './version-index.ts';

/** Which frames of a target a previous version has too, and where that version keeps its blocks. */
export type FrameMatch = {
  /** by frame of the target: first ref of the equal frame of the previous version, or -1 */
  readonly firstRef: Int32Array;
  /** by ref of the previous version: the first image block that it fills, or -1 */
  readonly firstBlock: Int32Array;
  /** by image block of the previous version: its map */
  readonly map: Uint32Array;
};

/** Frames are equal when their digests are, whatever pack they lie in. */
export function matchFrames(target: FrameTable, previous: VersionIndex): FrameMatch {
  const byDigest = new Map<string, number>();
  for (let f = 0; f < previous.frames.count; f++) byDigest.set(digestKey(previous.frames, f), f);
  const firstRef = new Int32Array(target.count).fill(-1);
  for (let f = 0; f < target.count; f++) {
    const same = byDigest.get(digestKey(target, f));
    if (same === undefined || blocksOf(previous.frames, same) !== blocksOf(target, f)) continue;
    firstRef[f] = previous.frames.first[same] as number;
  }
  const firstBlock = new Int32Array(previous.frames.first[previous.frames.count] as number).fill(-1);
  for (let b = previous.map.length - 1; b >= 0; b--) {
    const value = previous.map[b] as number;
    if (value !== 0) firstBlock[value - 1] = b;
  }
  return { firstRef, firstBlock, map: previous.map };
}

/** A frame's digest as a key for a Map. */
export function digestKey(frames: FrameTable, frame: number): string {
  return Buffer.from(frames.digests.subarray(frame * 32, frame * 32 + 32)).toString('latin1');
}

function blocksOf(frames: FrameTable, frame: number): number {
  return (frames.first[frame + 1] as number) - (frames.first[frame] as number);
}
