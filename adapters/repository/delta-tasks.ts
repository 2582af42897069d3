import type { AnchorTable } from './anchors.ts';

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

/** Opens a stored frame of the old version and writes its blocks from `ref` on. */
export type UnpackTask = {
  readonly kind: 'unpack';
  readonly stored: Uint8Array;
  readonly blocks: number;
  readonly digest: Uint8Array;
  readonly ref: number;
};
/** Enters the anchors of old blocks. */
export type AnchorTask = { readonly kind: 'anchor'; readonly from: number; readonly to: number };
/** Makes a delta frame out of a stored frame of the new version. */
export type DeltaTask = {
  readonly kind: 'delta';
  readonly stored: Uint8Array;
  readonly blocks: number;
  readonly digest: Uint8Array;
};

/** `stored` is absent when the plain frame is as good. Runs of the old image: first block, count. */
export type DeltaDone = { readonly stored?: Uint8Array; readonly runs: Uint32Array };
