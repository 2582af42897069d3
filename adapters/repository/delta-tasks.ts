import type { AnchorTable } from './anchors.ts';
import type { StoredFrame } from './pack-tasks.ts';

/** What the threads that make one delta share. */
export type DeltaShared = {
  /** file with the old version's distinct blocks in the order of their refs */
  readonly oldFd: number;
  readonly table: AnchorTable;
  /** by ref of the old version: an image block that it fills, or `noBlock` */
  readonly blockOfRef: Uint32Array;
  readonly level: number;
  readonly key?: Uint8Array;
};

export const noBlock = 0xffffffff;

/** Opens the stored frames of a chain of the old version and writes their blocks from `ref` on. */
export type UnpackTask = { readonly kind: 'unpack'; readonly chain: readonly StoredFrame[]; readonly ref: number };
/** Enters the anchors of old blocks. */
export type AnchorTask = { readonly kind: 'anchor'; readonly from: number; readonly to: number };
/** Makes delta frames out of those stored frames of a chain of the new version that are `wanted`. */
export type DeltaTask = {
  readonly kind: 'delta';
  readonly chain: readonly StoredFrame[];
  readonly wanted: readonly boolean[];
};

/** By frame of the chain: `stored` is absent when the plain frame is as good. Runs of the old image: first block, count. */
export type DeltaDone = readonly { readonly stored?: Uint8Array; readonly runs: Uint32Array }[];
