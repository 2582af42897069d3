import { expect, it } from 'vitest';
import { gathered } from './gathered.ts';

const stand = (most: number, fails: (items: readonly number[]) => boolean = () => false) => {
  const calls: (readonly number[])[] = [];
  const ask = gathered(
    async (items: readonly number[]) => {
      calls.push(items);
      await new Promise((resolve) => setImmediate(resolve));
      if (fails(items)) throw new Error(`not ${items}`);
      return items.map((one) => one * 10);
    },
    String,
    most,
  );
  return { calls, ask };
};

it('begins at once and does together what came meanwhile, at most so many', async () => {
  const { calls, ask } = stand(2);
  expect(await Promise.all([1, 2, 3, 4].map(ask))).toEqual([10, 20, 30, 40]);
  expect(calls).toEqual([[1], [2, 3], [4]]);
  expect(await ask(5)).toBe(50);
});

it('never does the same twice together', async () => {
  const { calls, ask } = stand(8);
  expect(await Promise.all([1, 2, 2, 3, 2].map(ask))).toEqual([10, 20, 20, 30, 20]);
  expect(calls).toEqual([[1], [2, 3], [2], [2]]);
});

it('lets nobody fail for another one', async () => {
  const { calls, ask } = stand(8, (items) => items.includes(3));
  const ends = await Promise.allSettled([1, 2, 3, 4].map(ask));
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect(calls).toEqual([[1], [2, 3, 4], [2], [3], [4]]);
});
