import { expect, it } from 'vitest';
import { type GatheredOptions, gathered } from './gathered.ts';

const stand = (
  most: number,
  fails: (items: readonly number[]) => boolean = () => false,
  more: Partial<GatheredOptions<number>> = {},
) => {
  const calls: (readonly number[])[] = [];
  const ask = gathered(
    async (items: readonly number[]) => {
      calls.push(items);
      await new Promise((resolve) => setImmediate(resolve));
      if (fails(items)) throw new Error(`not ${items}`);
      return items.map((one) => one * 10);
    },
    { keyOf: String, most, ...more },
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

it('waits for more only in a crowd, or where all wait', async () => {
  const crowd = stand(8, () => false, { crowdMs: 10_000 });
  await crowd.ask(1);
  expect(await crowd.ask(2)).toBe(20);
  const first = [3, 4, 5].map(crowd.ask);
  await Promise.all(first);
  await Promise.all([crowd.ask(6), new Promise<void>((resolve) => setImmediate(resolve)).then(() => crowd.ask(7))]);
  expect(crowd.calls.slice(0, 4)).toEqual([[1], [2], [3], [4, 5]]);
  expect(crowd.calls.slice(4).flat()).toEqual([6, 7]);
  const later = stand(8, () => false, { alwaysMs: 20 });
  const asked = [later.ask(1)];
  await new Promise<void>((resolve) => setImmediate(resolve));
  asked.push(later.ask(2));
  await Promise.all(asked);
  expect(later.calls).toEqual([[1, 2]]);
});

it('refuses what would wait behind too many', async () => {
  const { ask } = stand(8, () => false, { longestQueue: 2 });
  const ends = await Promise.allSettled([1, 2, 3, 4].map(ask));
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
});
