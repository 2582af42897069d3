/** The table of a delta pack: per row one delta frame that gives all blocks of one frame of the target (README, "Deltas"). */
export type DeltaTable = {
  readonly kind: 'delta-table';
  readonly count: number;
  /** by row: frame of the target's index, ascending */
  readonly frame: Uint32Array;
  /** by row: where the delta frame lies in the delta pack, in bytes */
  readonly offset: Float64Array;
  readonly length: Uint32Array;
  /** by row, plus one more at the end: its first run in `runs` */
  readonly firstRun: Uint32Array;
  /** two numbers per run: first image block of the old version, count; in the order of the dictionary */
  readonly runs: Uint32Array;
};
