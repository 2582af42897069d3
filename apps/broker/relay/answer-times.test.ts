import { expect, it } from 'vitest';
import { AnswerTimes } from './answer-times.ts';

it('hurries only targets that are known to be fast, and none of them beyond reason', () => {
  let now = 0;
  const times = new AnswerTimes(() => now);
  expect([times.patienceMs('a', 1500), times.quietMs('a')]).toEqual([1500, Number.POSITIVE_INFINITY]);
  for (const ms of [2, 3]) times.note('a', ms);
  expect(times.patienceMs('a', 1500)).toBe(800);
  times.note('a', 2);
  expect(times.patienceMs('a', 1500)).toBe(400);
  times.note('a', 45);
  expect(times.patienceMs('a', 1500)).toBe(900);
  times.note('a', 300);
  expect(times.patienceMs('a', 1500)).toBe(1500);
  for (let n = 0; n < 16; n++) times.note('a', 2);
  expect(times.patienceMs('a', 1500)).toBe(400);
  now = 1000;
  expect(times.quietMs('a')).toBe(1000);
  now = 11 * 60_000;
  expect(times.patienceMs('a', 1500)).toBe(1500);
});
