import { expect, it } from 'vitest';
import type { DialFailure } from './dial-target.ts';
import { TargetLooks } from './target-looks.ts';

const target = { id: '1', name: 'h1', endpoints: [] };
const hung: DialFailure = { kind: 'hung', why: 'said nothing' };

it('looks once for all who ask together, and gives a target that was silent less time for a while', async () => {
  let now = 0;
  let answer: DialFailure | null = hung;
  const asked: number[] = [];
  const looks = new TargetLooks(
    async (_, confirmMs) => {
      asked.push(confirmMs);
      return answer;
    },
    { first: 1500, again: 600 },
    () => now,
  );
  expect(await Promise.all([looks.at(target), looks.at(target)])).toEqual([hung, hung]);
  expect([asked, looks.silent()]).toEqual([[1500], ['h1']]);
  now = 3000;
  await looks.at(target);
  expect(asked).toEqual([1500, 600]);
  now = 6000;
  answer = null;
  expect(await looks.at(target)).toBeNull();
  expect([asked.length, looks.silent()]).toEqual([3, []]);
  looks.note(target);
  now = 16_001;
  expect(looks.silent()).toEqual([]);
  await looks.at(target);
  expect(asked.at(-1)).toBe(1500);
});

it('takes a look that fails for no answer', async () => {
  const looks = new TargetLooks(() => Promise.reject(new Error('no socket')), { first: 1, again: 1 });
  expect(await looks.at(target)).toMatchObject({ kind: 'silent' });
  expect(looks.silent()).toEqual(['h1']);
});
