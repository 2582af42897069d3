/** Bytes of one block: file systems align files to it, so equal content meets equal blocks. */
export const blockBytes = 4096;

/** Upper bounds that every reader enforces before it allocates (README, "Limits"). */
export const limits = {
  /** bytes of a signed JSON file */
  rootFile: 64 * 1024,
  latestFile: 64 * 1024,
  manifestFile: 4 * 1024 * 1024,
  /** bytes of a disk image */
  image: 2 ** 40,
  /** blocks of a frame (4 MiB) */
  frameBlocks: 1024,
  /** blocks before a frame that are its dictionary (4 MiB), and blocks of a chain of frames (16 MiB) */
  prefixBlocks: 1024,
  chainBlocks: 4096,
  /** reference blocks of a delta frame (8 MiB) */
  referenceBlocks: 2048,
  /** runs of reference blocks of a delta frame */
  referenceRuns: 2048,
  /** packs that a version may refer to, and delta packs of it */
  packs: 4096,
  deltas: 64,
  /** bytes of a pack */
  pack: 2 ** 40,
  /** frames of a version */
  frames: 2 ** 22,
  /** channels of an image, capabilities of a version, keys of a root */
  channels: 64,
  capabilities: 128,
  keys: 64,
  /** characters of notes */
  notes: 16 * 1024,
  /** base-two logarithm of the zstd window */
  windowLog: 24,
} as const;

/** How many bytes a stored frame may have for this many blocks: zstd's worst case, plus encryption. */
export function frameLengthLimit(blocks: number): number {
  const raw = blocks * blockBytes;
  return raw + (raw >> 7) + 1024;
}
