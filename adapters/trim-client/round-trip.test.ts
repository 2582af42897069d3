import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, openLab } from './testing/lab.ts';
import { changedDisk, changeWays, sampleDisk, seededRandom } from './testing/sample-disks.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

describe('a random pair of disks', () => {
  it.each(changeWays.map((way, w) => ({ way, seed: w * 10 + 1 })))(
    'comes over bit by bit: $way, seed $seed',
    async ({ way, seed }) => {
      const random = seededRandom(seed);
      const image = `pair-${way}-${seed}`;
      const old = sampleDisk(random, 1 + random(400));
      const next = changedDisk(random, old, way);
      const over = { image };
      await lab.publish(1, old, over);
      await lab.publish(2, next, {
        image,
        parents: random(2) === 0 ? [1] : [],
        compression: { frameBlocks: 1 + random(64), packBytes: random(2) === 0 ? 100_000 : 2 ** 30 },
      });
      await lab.fetch(`${image}-1`, { version: 1 }, [], over);
      expect(Buffer.compare(await lab.disk(`${image}-1`), old)).toBe(0);
      const fresh = await lab.fetch(`${image}-2`, { version: 2 }, [], over);
      expect(Buffer.compare(await lab.disk(`${image}-2`), next)).toBe(0);
      const delta = await lab.fetch(`${image}-2b`, { version: 2 }, [`${image}-1`], over);
      expect(Buffer.compare(await lab.disk(`${image}-2b`), next)).toBe(0);
      // and back again, with the later version as the one at hand
      await lab.fetch(`${image}-1b`, { version: 1 }, [`${image}-2b`], over);
      expect(Buffer.compare(await lab.disk(`${image}-1b`), old)).toBe(0);
      for (const { bySource } of [fresh, delta])
        expect(Object.values(bySource).reduce((a, b) => a + b)).toBe(next.length);
      expect(delta.bySource.network).toBeLessThanOrEqual(fresh.bySource.network);
    },
  );
});
