/** Tasks of the pack worker and what they give. */
export type HashTask = { readonly kind: 'hash'; readonly fd: number; readonly offset: number; readonly length: number };

export type HashedChunk = {
  /** the stretch, padded to whole blocks */
  readonly bytes: ArrayBuffer;
  /** 32 bytes per block; nothing for zero blocks */
  readonly digests: ArrayBuffer;
  /** by block: 1 when it is not zero */
  readonly used: Uint8Array;
};

export type CompressTask = {
  readonly kind: 'compress';
  readonly blocks: Uint8Array;
  readonly digests: Uint8Array;
  readonly level: number;
  readonly key?: Uint8Array;
};

export type CompressedFrame = { readonly stored: Uint8Array; readonly digest: Uint8Array };

/** Holds a stored frame against its digest; gives what is wrong, or undefined. */
export type VerifyTask = {
  readonly kind: 'verify';
  readonly stored: Uint8Array;
  readonly blocks: number;
  readonly digest: Uint8Array;
};
