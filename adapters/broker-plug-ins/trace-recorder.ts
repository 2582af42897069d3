import { addTraceStep, mostExamples, type TraceStep } from '@atelier/domain/broker';
import type { TraceRecorder } from './decision.ts';

const mostReasons = 50;
const rounded = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;

/** A recorder whose time begins now. `now`: milliseconds of a clock that never goes back. */
export function createTraceRecorder(now: () => number = () => performance.now()): TraceRecorder {
  const begun = now();
  const elapsed = (): number => now() - begun;
  let steps: readonly TraceStep[] = [];
  let candidates = 0;
  const removed = new Map<string, { count: number; readonly examples: string[] }>();
  return {
    elapsed,
    step: (step, begunAtMs, tookMs = elapsed() - begunAtMs) => {
      steps = addTraceStep(steps, { ...step, atMs: rounded(begunAtMs), tookMs: rounded(tookMs) });
    },
    candidates: (count) => {
      candidates = count;
    },
    removed: (said, targetName) => {
      const short = said.slice(0, 200);
      const reason = removed.has(short) || removed.size < mostReasons - 1 ? short : 'other';
      const one = removed.get(reason) ?? { count: 0, examples: [] };
      removed.set(reason, one);
      one.count += 1;
      if (one.examples.length < mostExamples) one.examples.push(targetName);
    },
    finish: (chosen) => ({
      steps,
      candidates,
      removed: [...removed].map(([reason, one]) => ({ reason, ...one })),
      chosen,
      totalMs: rounded(elapsed()),
    }),
  };
}
