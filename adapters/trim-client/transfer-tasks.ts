import type { FrameTable, ImageUses } from '@atelier/trim';

/** What every thread of a transfer shares. All arrays lie on shared memory. */
export type TransferShared = {
  readonly size: number;
  readonly map: Uint32Array;
  readonly frames: FrameTable;
  readonly uses: ImageUses;
  /** 32 bytes by ref, filled as frames become known */
  readonly digests: Uint8Array;
  /** by image block: 1 when it lies on the disk, verified */
  readonly done: Uint8Array;
  /** by ref: 1 when it has no place in the image and lies in the spill file, for frames whose prefix it is */
  readonly spilled: Uint8Array;
  readonly diskFd: number;
  readonly spillFd: number;
  readonly journalFd: number;
  readonly previousFds: readonly number[];
  /** content key of an encrypted version */
  readonly key?: Uint8Array;
  /** threads put themselves behind everything else of the computer */
  readonly background?: boolean;
};

/** A stored frame: decompress, verify, write its blocks wherever the image has them. */
export type FrameTask = {
  readonly kind: 'frame';
  readonly frame: number;
  readonly stored: Uint8Array;
  /** reference blocks of a delta frame: place of the disk in `previousFds`, and first block and count by run */
  readonly references?: { readonly previous: number; readonly runs: Uint32Array };
};
export type FrameDone = { readonly ok: true; readonly bytes: number } | { readonly ok: false; readonly why: string };

/** Blocks of a previous disk: read, verify, write. Three numbers by run: target, source, count. */
export type CopyTask = { readonly kind: 'copy'; readonly previous: number; readonly runs: Uint32Array };
export type CopyDone = { readonly bytes: number; readonly bad: readonly number[] };

/** Blocks that an interrupted transfer may have left: those that verify are marked as done. */
export type CheckTask = {
  readonly kind: 'check';
  readonly from: number;
  readonly to: number;
  readonly known: Uint8Array;
};
export type CheckDone = { readonly bytes: number };

/**
 * Blocks of a frame that host files have: by ref which of `paths`, and which block of that file. Refs of a frame that is
 * `known` are held against their digests; else they are all of the frame, and held against the frame's digest together.
 */
export type HostTask = {
  readonly kind: 'host';
  readonly frame: number;
  readonly known: boolean;
  readonly refs: Uint32Array;
  readonly paths: readonly string[];
  readonly path: Uint32Array;
  readonly block: Uint32Array;
};
export type HostDone = { readonly bytes: number; readonly bad: readonly number[] };

export type TransferTask = FrameTask | CopyTask | CheckTask | HostTask;
