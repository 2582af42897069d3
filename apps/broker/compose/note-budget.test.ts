import { expect, it } from 'vitest';
import { NoteBudget } from './note-budget.ts';

it('has one address write twenty notes at once and one a second, all together two hundred and twenty, and counts the rest', () => {
  let now = 0;
  const budget = new NoteBudget(() => now);
  const eve = Array.from({ length: 50 }, () => budget.take('192.0.2.7'));
  expect(eve.filter((one) => one === 0)).toHaveLength(20);
  expect(eve.filter((one) => one === null)).toHaveLength(30);
  expect(budget.take('192.0.2.8')).toBe(30);
  now += 1000;
  expect([budget.take('192.0.2.7'), budget.take('192.0.2.7')]).toEqual([0, null]);
  let written = 0;
  for (let n = 0; n < 100_000; n++) if (budget.take(`2001:db8:${n.toString(16)}::1`) !== null) written++;
  expect(written).toBeLessThanOrEqual(200);
  now += 1000;
  for (let n = 0; n < 1000; n++) if (budget.take(`10.0.${n >> 8}.${n & 255}`) !== null) written++;
  expect(written).toBeLessThanOrEqual(220);
});
