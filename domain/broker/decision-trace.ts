/** One step of a decision, as an administrator reads it afterwards. */
export interface TraceStep {
  readonly stage: 'sign-in' | 'filter' | 'load-balancing' | 'placement' | 'orchestration' | 'redirect' | 'relay';
  /** The plug-in, or `atelier` for the built-in. */
  readonly by: string;
  /** What was said: `chose`, `passed`, `failed`, `timed-out`, `suspended`, `removed`, `waited`, … with its reason in `detail`. */
  readonly outcome: string;
  readonly detail: string;
  /** Since the request began, and how long the step took; milliseconds. */
  readonly atMs: number;
  readonly tookMs: number;
}

/** What led to a decision. Bounded: at most 200 steps; candidates are counted by what removed them, with a few names each. */
export interface DecisionTrace {
  readonly steps: readonly TraceStep[];
  readonly candidates: number;
  readonly removed: readonly {
    readonly reason: string;
    readonly count: number;
    readonly examples: readonly string[];
  }[];
  readonly chosen: string | null;
  readonly totalMs: number;
}
