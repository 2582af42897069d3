import { describe, expect, it } from 'vitest';
import { leastConnections, roundRobin } from './choose-target.ts';
import type { Target } from './target.ts';
import { targetLoad } from './target-load.ts';
import { sampleTarget } from './testing/sample-target.ts';
import { seededRandom } from './testing/seeded-random.ts';

const randomTargets = (random: () => number): Target[] =>
  Array.from({ length: 1 + Math.floor(random() * 20) }, (_, n) =>
    sampleTarget({
      name: `t${n}`,
      weight: 1 + Math.floor(random() * 10_000),
      numSessions: Math.floor(random() * 50),
      numPendingConnections: Math.floor(random() * 5),
      state: random() < 0.8 ? 'running' : 'stopped',
    }),
  );

/** Sends `count` users one after the other, as the directory would count them. */
function send(targets: readonly Target[], count: number): readonly Target[] {
  let now = targets;
  for (let n = 0; n < count; n++) {
    const chosen = leastConnections(now, 1);
    now = now.map((one) => (one.name === chosen?.name ? { ...one, numSessions: one.numSessions + 1 } : one));
  }
  return now;
}

describe('least connections', () => {
  it('gives the least load of all that run, whatever the order of the candidates (500 draws)', () => {
    const random = seededRandom(1);
    for (let round = 0; round < 500; round++) {
      const targets = randomTargets(random);
      const penalty = 1 + Math.floor(random() * 10);
      const chosen = leastConnections(targets, penalty)!;
      const shuffled = targets.toSorted(() => random() - 0.5);
      expect(leastConnections(shuffled, penalty)?.name).toBe(chosen.name);
      const running = targets.filter((one) => one.state === 'running');
      if (running.length > 0) expect(chosen.state).toBe('running');
      for (const one of running.length > 0 ? running : targets)
        expect(targetLoad(one, penalty)).toBeGreaterThanOrEqual(targetLoad(chosen, penalty));
    }
  });

  it('spreads over equal targets within one', () => {
    const counts = send(
      Array.from({ length: 10 }, (_, n) => sampleTarget({ name: `t${n}` })),
      503,
    ).map((one) => one.numSessions);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });

  it('gives each its share of the weights, within one session (100 draws)', () => {
    const random = seededRandom(2);
    for (let round = 0; round < 100; round++) {
      const targets = Array.from({ length: 2 + Math.floor(random() * 4) }, (_, n) =>
        sampleTarget({ name: `t${n}`, weight: 1 + Math.floor(random() * 300) }),
      );
      const all = targets.reduce((sum, one) => sum + one.weight, 0);
      const sent = 400;
      for (const one of send(targets, sent)) {
        const share = (sent * one.weight) / all;
        expect(Math.abs(one.numSessions - share)).toBeLessThanOrEqual(targets.length);
      }
    }
  });

  it('sends twice as many to weight 200 as to weight 100', () => {
    const [a, b] = send([sampleTarget({ name: 'a' }), sampleTarget({ name: 'b', weight: 200 })], 300);
    expect([a?.numSessions, b?.numSessions]).toEqual([100, 200]);
  });

  it('counts a pending connection by the penalty', () => {
    const targets = [
      sampleTarget({ name: 'a', numPendingConnections: 1 }),
      sampleTarget({ name: 'b', numSessions: 2 }),
    ];
    expect(leastConnections(targets, 1)?.name).toBe('a');
    expect(leastConnections(targets, 3)?.name).toBe('b');
  });

  it('starts a target only when none runs', () => {
    const stopped = sampleTarget({ name: 'a', state: 'stopped' });
    expect(leastConnections([stopped, sampleTarget({ name: 'b', numSessions: 9 })], 1)?.name).toBe('b');
    expect(leastConnections([stopped], 1)?.name).toBe('a');
    expect(leastConnections([], 1)).toBeNull();
  });
});

describe('round robin', () => {
  it('meets everybody once in each round, whatever the order (200 draws)', () => {
    const random = seededRandom(3);
    for (let round = 0; round < 200; round++) {
      const targets = randomTargets(random);
      let last: string | null = null;
      const met: string[] = [];
      for (let n = 0; n < targets.length * 2; n++) {
        last = roundRobin(
          targets.toSorted(() => random() - 0.5),
          last,
        )!.name;
        met.push(last);
      }
      expect(new Set(met.slice(0, targets.length)).size).toBe(targets.length);
      expect(met.slice(targets.length)).toEqual(met.slice(0, targets.length));
    }
  });

  it('goes on when the last one is gone', () => {
    expect(roundRobin([sampleTarget({ name: 'a' }), sampleTarget({ name: 'c' })], 'b')?.name).toBe('c');
    expect(roundRobin([sampleTarget({ name: 'a' }), sampleTarget({ name: 'c' })], 'd')?.name).toBe('a');
    expect(roundRobin([], 'a')).toBeNull();
  });
});
