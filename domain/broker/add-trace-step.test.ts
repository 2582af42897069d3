import { describe, expect, it } from 'vitest';
import { addTraceStep, mostSteps } from './add-trace-step.ts';
import type { TraceStep } from './decision-trace.ts';
import { seededRandom } from './testing/seeded-random.ts';

const step = (detail: string, atMs = 0): TraceStep => ({
  stage: 'load-balancing',
  by: 'site',
  outcome: 'passed',
  detail,
  atMs,
  tookMs: 1,
});
const build = (details: readonly string[]): readonly TraceStep[] =>
  details.reduce<readonly TraceStep[]>((steps, detail, at) => addTraceStep(steps, step(detail, at)), []);

describe('a trace', () => {
  it('counts steps that say the same', () => {
    expect(build(['a', 'a', 'a', 'b', 'a']).map((one) => [one.detail, one.tookMs])).toEqual([
      ['a (3×)', 3],
      ['b', 1],
      ['a', 1],
    ]);
  });

  it('never loses time nor steps, and has at most 200 (200 draws)', () => {
    const random = seededRandom(6);
    for (let round = 0; round < 200; round++) {
      const details = Array.from({ length: Math.floor(random() * 600) }, () => `d${Math.floor(random() * 3)}`);
      const steps = build(details);
      expect(steps.length).toBeLessThanOrEqual(mostSteps);
      expect(steps.reduce((sum, one) => sum + one.tookMs, 0)).toBe(details.length);
      expect(steps.every((one, n) => n === 0 || one.atMs >= steps[n - 1]!.atMs)).toBe(true);
    }
  });

  it('keeps the beginning and the end', () => {
    const steps = build(Array.from({ length: 1000 }, (_, n) => `s${n}`));
    expect(steps).toHaveLength(mostSteps);
    expect(steps[0]?.detail).toBe('s0');
    expect(steps[149]?.detail).toBe('s149');
    expect(steps[150]).toMatchObject({ outcome: 'omitted', detail: '801 steps' });
    expect(steps.at(-1)?.detail).toBe('s999');
  });

  it('cuts a detail that is too long', () => {
    expect(build(['x'.repeat(5000)])[0]?.detail).toHaveLength(500);
  });
});
