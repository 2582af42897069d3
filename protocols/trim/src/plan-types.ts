import type { DeltaTable } from './delta-table.ts';
import type { ImageUses } from './image-uses.ts';
import type { VersionIndex } from './version-index.ts';

/** Where a transfer's bytes come from. */
export type TransferSource = 'zero' | 'interrupted' | 'previous' | 'host' | 'network';

/** Bytes of the disk (not of the wire) by source. */
export type BytesBySource = Readonly<Record<TransferSource, number>>;

export type PlanInput = {
  readonly target: VersionIndex;
  /** versions whose disks are at hand, best first */
  readonly previous: readonly { readonly version?: number; readonly index: VersionIndex }[];
  /** by image block: 1 when the interrupted transfer already holds it, verified */
  readonly interrupted?: Uint8Array;
  /** by ref: 1 when a host file (or a disk of another lineage) holds the block */
  readonly host?: Uint8Array;
  /** by frame of the target: 1 when it may not come from anywhere but the network, and from plain frames only */
  readonly refetch?: Uint8Array;
  /** deltas to the target, each with the place in `previous` of the version that it starts from */
  readonly deltas?: readonly { readonly previous: number; readonly table: DeltaTable }[];
  readonly costs?: PlanCosts;
  /** `imageUses` of the target, by whoever has it already */
  readonly uses?: ImageUses;
};

export type PlanCosts = {
  /** a gap in a pack that is read through rather than asked around, in bytes; 65,536 unless told */
  readonly gap?: number;
  /** most bytes of one request; 8 MiB unless told */
  readonly request?: number;
};

/** Runs of blocks to copy, three numbers each: first image block of the target, first block of the source, count. */
export type CopyRuns = Uint32Array;

/** One frame to fetch. `delta` is the place in the input's deltas, with the row in its table. */
export type FrameFetch =
  | { readonly kind: 'plain'; readonly frame: number }
  | { readonly kind: 'delta'; readonly frame: number; readonly delta: number; readonly row: number };

/** One ranged request: a stretch of a pack with whole frames in it. */
export type RangeRequest = {
  readonly kind: 'pack' | 'delta';
  /** place of the pack in the manifest's list, or of the delta in the input's */
  readonly file: number;
  readonly offset: number;
  readonly length: number;
  readonly frames: readonly FrameFetch[];
};

/** How a version is put together: a pure function of what is needed and what is at hand. */
export type TransferPlan = {
  readonly kind: 'transfer-plan';
  /** by place in `previous`: what frames that are fetched need as their prefix, to be copied first */
  readonly early: readonly CopyRuns[];
  /** by place in `previous`: everything else */
  readonly copies: readonly CopyRuns[];
  /** by frame: 1 when frames that are fetched need it as their prefix */
  readonly earlyFrames: Uint8Array;
  /** refs to take from host files, ascending */
  readonly host: Uint32Array;
  readonly requests: readonly RangeRequest[];
  readonly bytes: BytesBySource;
  /** bytes that the requests will move */
  readonly wireBytes: number;
  /** what of `wireBytes` is delta frames */
  readonly deltaBytes: number;
};
