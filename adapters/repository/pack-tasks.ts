/** Tasks of the pack worker and what they give. */
export type HashTask = {
  readonly kind: 'hash';
  readonly fd: number;
  readonly offset: number;
  readonly length: number;
  readonly into: HashedChunk;
};

/** A stretch of the disk on shared memory, filled by a hash task. */
export type HashedChunk = {
  /** the stretch, padded to whole blocks */
  readonly bytes: Uint8Array;
  /** 32 bytes per block; nothing of meaning for zero blocks */
  readonly digests: Uint8Array;
  /** by block: 1 when it is not zero */
  readonly used: Uint8Array;
};

/** A frame to compress, as a stretch of its chain. */
export type CompressTask = {
  readonly kind: 'compress';
  /** content of the chain so far and 32 bytes of digest per block, on shared memory */
  readonly content: Uint8Array;
  readonly digests: Uint8Array;
  /** blocks of the chain: first of the frame, how many it has, how many before it are its dictionary */
  readonly first: number;
  readonly blocks: number;
  readonly prefix: number;
  readonly level: number;
  readonly key?: Uint8Array;
};

export type CompressedFrame = { readonly stored: Uint8Array; readonly digest: Uint8Array };

/** A stored frame with what is needed to open it. */
export type StoredFrame = {
  readonly stored: Uint8Array;
  readonly blocks: number;
  readonly prefix: number;
  readonly digest: Uint8Array;
};

/** Holds the stored frames of a chain against their digests; gives what is wrong by frame, or undefined. */
export type VerifyTask = {
  readonly kind: 'verify';
  readonly chain: readonly StoredFrame[];
  /** the content key of an encrypted pack */
  readonly key?: Uint8Array;
};
