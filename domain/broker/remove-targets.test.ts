import { describe, expect, it } from 'vitest';
import { countRemoval, type Removals, removeTargets } from './remove-targets.ts';
import { targetStates } from './target-state.ts';
import { sampleTarget } from './testing/sample-target.ts';
import { seededRandom } from './testing/seeded-random.ts';

const wanted = { collection: 'office', userId: 'u1', isNewConnection: true };

describe('removing targets', () => {
  it.each([
    [{ drain: true }, 'is drained'],
    [{ maxSessions: 3, numSessions: 2, numPendingConnections: 1 }, 'is full'],
    [{ singleSession: true, numPendingConnections: 1 }, 'takes one session only, and has it'],
    [{ state: 'down' as const }, 'is down'],
    [{ state: 'stopping' as const }, 'is stopping'],
    [{ owner: 'u2' }, 'belongs to somebody else'],
    [{ collection: 'lab' }, 'is of another collection'],
  ])('%j: %s', (said, reason) => {
    const { candidates, removed } = removeTargets(
      [sampleTarget({ name: 'a', ...said }), sampleTarget({ name: 'b' })],
      wanted,
    );
    expect(candidates.map((one) => one.name)).toEqual(['b']);
    expect(removed).toEqual([{ reason, count: 1, examples: ['a'] }]);
  });

  it('keeps targets that must be started, and drained or full ones for sessions that are there', () => {
    expect(removeTargets([sampleTarget({ name: 'a', state: 'stopped' })], wanted).candidates).toHaveLength(1);
    const full = sampleTarget({ name: 'a', drain: true, maxSessions: 1, numSessions: 1 });
    expect(removeTargets([full], { ...wanted, isNewConnection: false }).candidates).toHaveLength(1);
    expect(removeTargets([full], { ...wanted, isNewConnection: false, not: ['a'] }).removed[0]?.reason).toBe(
      'did not answer',
    );
  });

  it('counts everybody exactly once (300 draws)', () => {
    const random = seededRandom(4);
    for (let round = 0; round < 300; round++) {
      const targets = Array.from({ length: Math.floor(random() * 60) }, (_, n) =>
        sampleTarget({
          name: `t${n}`,
          drain: random() < 0.2,
          state: targetStates[Math.floor(random() * targetStates.length)]!,
          maxSessions: random() < 0.3 ? Math.floor(random() * 4) + 1 : null,
          singleSession: random() < 0.1,
          numSessions: Math.floor(random() * 4),
          owner: random() < 0.1 ? 'u2' : null,
        }),
      );
      const { candidates, removed } = removeTargets(targets, wanted, (one) => (one.name === 't3' ? 'closed' : null));
      expect(candidates.length + removed.reduce((sum, one) => sum + one.count, 0)).toBe(targets.length);
      for (const one of removed) expect(one.examples.length).toBe(Math.min(5, one.count));
      for (const one of candidates) expect(removeTargets([one], wanted).removed).toEqual([]);
    }
  });

  it('bounds reasons and examples', () => {
    let removals: Removals = [];
    for (let n = 0; n < 1000; n++) removals = countRemoval(removals, `reason ${n % 300}`, `t${n}`);
    expect(removals.length).toBeLessThanOrEqual(50);
    expect(removals.reduce((sum, one) => sum + one.count, 0)).toBe(1000);
    expect(Math.max(...removals.map((one) => one.examples.length))).toBe(5);
  });
});
