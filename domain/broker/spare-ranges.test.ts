import { describe, expect, it } from 'vitest';
import { formatSpareRange, parseSpareRange } from './spare-ranges.ts';

describe('a range of spare machines as text', () => {
  it.each([
    ['mon-fri 07:00-18:00 5', ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'], 'mon-fri 07:00-18:00 5'],
    ['Saturday,sun 22:00-02:00 1', ['saturday', 'sunday'], 'sat,sun 22:00-02:00 1'],
    [
      'daily 00:00-24:00 2',
      ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
      'daily 00:00-24:00 2',
    ],
    ['sun-tue  08:30-09:00  40', ['monday', 'tuesday', 'sunday'], 'mon,tue,sun 08:30-09:00 40'],
  ])('%s', (text, days, again) => {
    const range = parseSpareRange(text)!;
    expect(range.days).toEqual(days);
    expect(formatSpareRange(range)).toBe(again);
    expect(parseSpareRange(formatSpareRange(range))).toEqual(range);
  });
  it.each([
    '',
    'mon',
    'mon 7-8 1',
    'mo 07:00-08:00 1',
    'mon-fri-sat 07:00-08:00 1',
    'mon 25:00-26:00 1',
    'mon 07:00-08:00 -1',
    'mon 07:00-08:00',
  ])('takes no "%s"', (text) => {
    expect(parseSpareRange(text)).toBeNull();
  });
});
