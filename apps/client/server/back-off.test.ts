import { expect, it } from 'vitest';
import { backOffMs, wakeableSleep } from './back-off.ts';

it('waits longer each time, up to the most, never in step with others', () => {
  expect([1, 2, 3, 4, 100].map((attempt) => backOffMs(attempt, 1000, 6000, () => 1))).toEqual([
    1000, 2000, 4000, 6000, 6000,
  ]);
  expect(backOffMs(3, 1000, 6000, () => 0)).toBe(2000);
});

it('is woken, and ends with its signal', async () => {
  const nap = wakeableSleep();
  const controller = new AbortController();
  const first = nap.sleep(60_000, controller.signal);
  nap.wake();
  await first;
  const second = nap.sleep(60_000, controller.signal);
  controller.abort();
  await second;
});
