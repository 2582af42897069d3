import type { DecisionTrace, TraceStep } from '@atelier/domain/broker';

interface SampleDecision {
  readonly outcome: 'redirected' | 'failed';
  readonly failure: string | null;
  readonly trace: DecisionTrace;
}

const step = (
  stage: TraceStep['stage'],
  by: string,
  [outcome, detail]: readonly [string, string],
  atMs: number,
  tookMs: number,
): TraceStep => ({ stage, by, outcome, detail, atMs, tookMs });

/** Two filters' worth of removals, a plug-in that was too slow, and the broker's own choice. */
export const redirected: SampleDecision = {
  outcome: 'redirected',
  failure: null,
  trace: {
    steps: [
      step('filter', 'calendar', ['removed', ''], 0.2, 1.4),
      step('load-balancing', 'site', ['timed-out', 'it took more than its 5 ms'], 1.7, 5.2),
      step('load-balancing', 'atelier', ['chose', 'rdsh1'], 7, 2.1),
    ],
    candidates: 12,
    removed: [
      { reason: 'is drained', count: 3, examples: ['rdsh7', 'rdsh8', 'rdsh9'] },
      { reason: 'closed after 18:00', count: 6, examples: ['pc1', 'pc2'] },
    ],
    chosen: 'rdsh1',
    totalMs: 9.3,
  },
};

/** The only candidate was full. */
export const refused: SampleDecision = {
  outcome: 'failed',
  failure: 'no-target',
  trace: {
    steps: [step('load-balancing', 'atelier', ['refused', 'nobody decided'], 0.1, 0.9)],
    candidates: 1,
    removed: [{ reason: 'is full', count: 1, examples: ['rdsh1'] }],
    chosen: null,
    totalMs: 1.2,
  },
};
