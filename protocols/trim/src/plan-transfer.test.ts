import { describe, expect, it } from 'vitest';
import { planTransfer } from './plan-transfer.ts';
import { framesIndex } from './testing/frames-index.ts';
import { sampleIndex } from './testing/sample-index.ts';
import { seededRandom } from './testing/seeded-random.ts';

const blocks = (n: number) => n * 4096;

describe('a plan', () => {
  it('for an empty client fetches each frame once, neighbours in one request', () => {
    const plan = planTransfer({ target: framesIndex([1, 2], [0, 1, 2, 3, 4, 5, 6, 7, 8, 1]), previous: [] });
    expect(plan.bytes).toEqual({ zero: blocks(1), interrupted: 0, previous: 0, host: 0, network: blocks(9) });
    expect(plan.requests).toEqual([
      {
        kind: 'pack',
        file: 0,
        offset: 8,
        length: 2000,
        frames: [
          { kind: 'plain', frame: 0 },
          { kind: 'plain', frame: 1 },
        ],
      },
    ]);
    expect(plan.wireBytes).toBe(2000);
  });

  it('reads over small gaps and asks around large ones', () => {
    const map = [1, 5, 9];
    expect(
      planTransfer({ target: framesIndex([1, 2, 3], map, { gap: 60_000 }), previous: [] }).requests.map(
        ({ length }) => length,
      ),
    ).toEqual([123_000]);
    expect(
      planTransfer({ target: framesIndex([1, 2, 3], map, { gap: 70_000 }), previous: [] }).requests.map(
        ({ length }) => length,
      ),
    ).toEqual([1000, 1000, 1000]);
    const small = planTransfer({ target: framesIndex([1, 2, 3], map), previous: [], costs: { request: 2000 } });
    expect(small.requests.map(({ length }) => length)).toEqual([2000, 1000]);
  });

  it('never reads a verified frame again, not even in a small gap', () => {
    const plan = planTransfer({
      target: framesIndex([1, 2, 3], [1, 5, 9]),
      previous: [],
      interrupted: Uint8Array.of(0, 1, 0),
    });
    expect(plan.requests.map(({ offset, length }) => [offset, length])).toEqual([
      [8, 1000],
      [2008, 1000],
    ]);
  });

  it('copies what a previous version has, in runs that follow both disks', () => {
    const target = framesIndex([1, 2], [1, 2, 3, 4, 0, 5, 6, 7, 8]);
    const index = framesIndex([2, 1], [5, 6, 7, 8, 0, 0, 1, 2, 3, 4]);
    const plan = planTransfer({ target, previous: [{ index }] });
    expect(plan.copies).toEqual([Uint32Array.of(0, 0, 4, 5, 6, 4)]);
    expect(plan.bytes).toEqual({ zero: blocks(1), interrupted: 0, previous: blocks(8), host: 0, network: 0 });
    expect(plan.requests).toEqual([]);
  });

  it('fetches a frame whole as soon as one of its blocks is nowhere at hand', () => {
    const plan = planTransfer({
      target: framesIndex([1], [1, 2, 3, 4]),
      previous: [{ index: framesIndex([1], [1, 2, 3]) }],
    });
    expect(plan.bytes.network).toBe(blocks(4));
    expect(plan.copies).toEqual([new Uint32Array()]);
  });

  it('does not ask for blocks of a frame that the image does not use', () => {
    const plan = planTransfer({ target: framesIndex([1], [1, 2]), previous: [{ index: framesIndex([1], [1, 2]) }] });
    expect(plan.bytes).toEqual({ zero: 0, interrupted: 0, previous: blocks(2), host: 0, network: 0 });
  });

  it('leaves out what the interrupted transfer holds, and mixes sources within a frame', () => {
    const target = framesIndex([1], [1, 2, 3, 4]);
    const plan = planTransfer({
      target,
      previous: [{ index: framesIndex([1], [1]) }, { index: framesIndex([1], [0, 2]) }],
      interrupted: Uint8Array.of(0, 0, 1, 0),
      host: Uint8Array.of(0, 0, 0, 1),
    });
    expect(plan.bytes).toEqual({ zero: 0, interrupted: blocks(1), previous: blocks(2), host: blocks(1), network: 0 });
    expect(plan.copies).toEqual([Uint32Array.of(0, 0, 1), Uint32Array.of(1, 1, 1)]);
    expect(plan.host).toEqual(Uint32Array.of(3));
  });

  it('takes the shorter of plain and delta, and plain only for what was bad', () => {
    const target = framesIndex([1, 2, 3], [1, 5, 9]);
    const table = {
      kind: 'delta-table',
      count: 3,
      frame: Uint32Array.of(0, 1, 2),
      offset: Float64Array.of(8, 108, 1108),
      length: Uint32Array.of(100, 1000, 50),
      firstRun: new Uint32Array(4),
      runs: new Uint32Array(),
    } as const;
    const plan = planTransfer({
      target,
      previous: [{ index: framesIndex([9], [1]) }],
      deltas: [{ previous: 0, table }],
      refetch: Uint8Array.of(0, 0, 1),
    });
    expect(plan.requests).toEqual([
      { kind: 'delta', file: 0, offset: 8, length: 100, frames: [{ kind: 'delta', frame: 0, delta: 0, row: 0 }] },
      {
        kind: 'pack',
        file: 0,
        offset: 1008,
        length: 2000,
        frames: [
          { kind: 'plain', frame: 1 },
          { kind: 'plain', frame: 2 },
        ],
      },
    ]);
    expect(plan.deltaBytes).toBe(100);
  });

  it('accounts for every byte of random images, and copies right blocks only', () => {
    const random = seededRandom(17);
    for (let round = 0; round < 60; round++) {
      const { index: target } = sampleIndex(random, 1 + random(400), 1 + random(20));
      const { index: other } = sampleIndex(random, 1 + random(400), target.frames.count);
      const index = {
        ...other,
        frames: target.frames,
        map: other.map.map((value) => Math.min(value, target.frames.first[target.frames.count] as number)),
      };
      const interrupted = Uint8Array.from(target.map, () => random(2));
      const plan = planTransfer({ target, previous: [{ index }], interrupted });
      expect(Object.values(plan.bytes).reduce((a, b) => a + b)).toBe(target.size);
      const [runs] = plan.copies as [Uint32Array];
      for (let r = 0; r < runs.length; r += 3)
        for (let i = 0; i < (runs[r + 2] as number); i++) {
          expect(target.map[(runs[r] as number) + i]).toBe(index.map[(runs[r + 1] as number) + i]);
          expect(interrupted[(runs[r] as number) + i]).toBe(0);
        }
    }
  });
});
