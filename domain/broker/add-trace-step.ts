import type { TraceStep } from './decision-trace.ts';

/** Steps that a trace has at most, and characters that a step's detail has at most. */
export const mostSteps = 200;
export const mostDetail = 500;
/** Of a trace that is too long, the beginning and the end are worth most. */
const headSteps = 150;

const omittedOutcome = 'omitted';

/** A step that says the same as the one before it is counted there: `(3×)`. */
function merge(last: TraceStep, step: TraceStep): TraceStep | null {
  const counted = / \((\d+)×\)$/.exec(last.detail);
  const plain = counted ? last.detail.slice(0, counted.index) : last.detail;
  const same =
    last.stage === step.stage && last.by === step.by && last.outcome === step.outcome && plain === step.detail;
  if (!same) return null;
  const times = Number(counted?.[1] ?? 1) + 1;
  return { ...last, detail: `${plain} (${times}×)`, tookMs: last.tookMs + step.tookMs };
}

/** Puts a step at the end of a trace that never has more than 200: those in the middle give way to one that says how many there were. */
export function addTraceStep(steps: readonly TraceStep[], added: TraceStep): readonly TraceStep[] {
  const step =
    added.detail.length > mostDetail ? { ...added, detail: `${added.detail.slice(0, mostDetail - 1)}…` } : added;
  const last = steps.at(-1);
  const merged = last ? merge(last, step) : null;
  if (merged) return [...steps.slice(0, -1), merged];
  if (steps.length < mostSteps) return [...steps, step];
  // The one that says how many, if there is one already, and the first of those behind it give way.
  const first = steps[headSteps]!;
  const gone = steps[headSteps + 1]!;
  const before = first.by === 'atelier' && first.outcome === omittedOutcome ? Number.parseInt(first.detail, 10) : 1;
  const omitted: TraceStep = {
    stage: gone.stage,
    by: 'atelier',
    outcome: omittedOutcome,
    detail: `${before + 1} steps`,
    atMs: first.atMs,
    tookMs: first.tookMs + gone.tookMs,
  };
  return [...steps.slice(0, headSteps), omitted, ...steps.slice(headSteps + 2), step];
}
