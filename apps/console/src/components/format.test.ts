import { expect, it } from 'vitest';
import { formatAgo, formatBytes, formatMinutes, formatSeconds, formatUtc } from './format.ts';

it('writes bytes as people read them', () => {
  expect([0, 999, 1500, 67_108_864, 2.5e12].map((n) => formatBytes(n, 'en'))).toEqual([
    '0 B',
    '999 B',
    '1.5 kB',
    '67.1 MB',
    '2.5 TB',
  ]);
  expect(formatBytes(1500, 'fr')).toBe('1,5 ko');
});

it('writes spans of time in the unit that fits', () => {
  expect([5, 200, 7500].map(formatSeconds)).toEqual(['5 s', '3 min 20 s', '2 h 05 min']);
  expect([90, 120, 4320].map((n) => formatMinutes(n, 'en'))).toEqual(['90 minutes', '2 hours', '3 days']);
});

it('tells how long ago, and UTC', () => {
  const now = new Date('2026-06-01T12:00:00Z');
  expect(formatAgo(new Date('2026-06-01T11:57:00Z'), now, 'en')).toBe('3 minutes ago');
  expect(formatAgo(new Date('2026-05-31T12:00:00Z'), now, 'fr')).toBe('hier');
  expect(formatUtc(now)).toBe('2026-06-01 12:00:00 UTC');
});
