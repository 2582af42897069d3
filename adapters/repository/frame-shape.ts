import type { PublishCompression } from './publish-types.ts';

/** How blocks are cut into frames; all in blocks. */
export type FrameShape = {
  /** a frame ends where a file ends once it has `least`, and in any case at `most` */
  readonly least: number;
  readonly most: number;
  /** how far back a frame's prefix reaches */
  readonly prefix: number;
  /** after how many blocks a chain ends: whoever wants its last block alone may have to fetch as much */
  readonly chain: number;
};

/**
 * The shape that was measured to be best (bench/README.md), unless `compression` asks for another. Frames of a version that
 * gets deltas are larger: most clients fetch them as deltas, which find more in each other's neighbourhood.
 */
export function frameShape(
  { frameBlocks, leastBlocks, prefixBlocks }: PublishCompression = {},
  withDeltas = false,
): FrameShape {
  return {
    least: leastBlocks ?? frameBlocks ?? (withDeltas ? 128 : 24),
    most: frameBlocks ?? 512,
    prefix: prefixBlocks ?? (frameBlocks === undefined ? 128 : 0),
    chain: 2048,
  };
}
