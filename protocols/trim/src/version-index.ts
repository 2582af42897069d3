/**
 * A version's index in memory. A *reference* (ref) is a distinct block's number: the frames' blocks counted through in the
 * order of the frame table. Arrays are columns, so that a million entries cost no million objects.
 */
export type VersionIndex = {
  readonly kind: 'version-index';
  /** bytes of the raw disk */
  readonly size: number;
  readonly frames: FrameTable;
  /** by image block: 0 for a zero block, else the ref plus one */
  readonly map: Uint32Array;
};

/** The frames that hold a version's distinct blocks, in ascending order of pack and offset. */
export type FrameTable = {
  readonly count: number;
  /** how many packs the manifest lists */
  readonly packs: number;
  /** by frame: place of its pack in the manifest's list */
  readonly pack: Uint32Array;
  /** by frame: where in the pack it begins, in bytes */
  readonly offset: Float64Array;
  /** by frame: how many stored bytes it has */
  readonly length: Uint32Array;
  /** by frame, plus one more at the end: its first ref */
  readonly first: Uint32Array;
  /** by frame: place of its first block among the block hashes of the pack */
  readonly hashAt: Uint32Array;
  /** by frame: how many blocks right before it in its pack are the dictionary that it is opened with (README, "Chains") */
  readonly prefix: Uint32Array;
  /** by frame: 32 bytes, the digest over its blocks' sha256 (README, "Digests") */
  readonly digests: Uint8Array;
};

/** How many blocks an image of `size` bytes has. */
export function blockCount(size: number): number {
  return Math.ceil(size / 4096);
}

/** The frame that holds `ref`. */
export function frameOfRef(frames: FrameTable, ref: number): number {
  let low = 0;
  let high = frames.count - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((frames.first[middle] as number) <= ref) low = middle;
    else high = middle - 1;
  }
  return low;
}
