import { expect, it } from 'vitest';
import { perAddress, perUser, secondsLeft, waitSeconds } from './back-off.ts';

it('leaves some failures free, then doubles the wait up to the longest', () => {
  expect([0, 4, 5, 6, 7, 8].map((failures) => waitSeconds(failures, perUser))).toEqual([0, 0, 1, 2, 4, 8]);
  expect(waitSeconds(1_000_000, perUser)).toBe(perUser.longestSeconds);
  expect([29, 30, 1000].map((failures) => waitSeconds(failures, perAddress))).toEqual([0, 1, 900]);
});

it('counts the wait from the last failure', () => {
  expect(secondsLeft(8, 0, perUser)).toBe(8);
  expect(secondsLeft(8, 7.5, perUser)).toBe(1);
  expect(secondsLeft(8, 8, perUser)).toBe(0);
  expect(secondsLeft(8, 100, perUser)).toBe(0);
});
