import { describe, expect, it } from 'vitest';
import { calendarFilter, calendarSchema } from './calendar.ts';
import { isOpenAt, openingHoursSchema } from './opening-hours.ts';
import { sampleTarget } from './testing/sample-target.ts';
import { seededRandom } from './testing/seeded-random.ts';

const workdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];
const office = openingHoursSchema.parse({
  timeZone: 'Europe/Berlin',
  week: [{ days: workdays, from: '08:00', to: '18:00' }],
  exceptions: [
    { date: '2026-12-24', ranges: [] },
    { date: '2026-12-26', ranges: [{ from: '10:00', to: '12:00' }] },
  ],
});

describe('opening hours', () => {
  it.each([
    ['2026-01-12T06:59:59Z', false, 'before eight in winter (UTC+1)'],
    ['2026-01-12T07:00:00Z', true, 'eight in winter'],
    ['2026-07-13T06:00:00Z', true, 'eight in summer (UTC+2)'],
    ['2026-07-13T05:59:00Z', false, 'before eight in summer'],
    ['2026-07-13T16:00:00Z', false, 'the end is outside'],
    ['2026-07-11T10:00:00Z', false, 'a Saturday'],
    ['2026-12-24T10:00:00Z', false, 'an exception closes a Thursday'],
    ['2026-12-26T09:30:00Z', true, 'an exception opens a Saturday'],
  ])('%s is %s: %s', (at, open) => {
    expect(isOpenAt(office, new Date(at))).toBe(open);
  });

  it('goes over midnight, and through the night when clocks change', () => {
    const night = openingHoursSchema.parse({
      timeZone: 'Europe/Berlin',
      week: [{ days: ['saturday'], from: '22:00', to: '06:00' }],
    });
    // 2026-03-29 02:00 becomes 03:00; 2026-10-25 03:00 becomes 02:00.
    expect(isOpenAt(night, new Date('2026-03-28T21:00:00Z'))).toBe(true);
    expect(isOpenAt(night, new Date('2026-03-29T03:59:00Z'))).toBe(true);
    expect(isOpenAt(night, new Date('2026-03-29T04:00:00Z'))).toBe(false);
    expect(isOpenAt(night, new Date('2026-10-25T04:59:00Z'))).toBe(true);
    expect(isOpenAt(night, new Date('2026-10-25T05:00:00Z'))).toBe(false);
    expect(isOpenAt(night, new Date('2026-03-28T03:00:00Z'))).toBe(false);
  });

  it('is always open with whole days, and never with none, in every zone (1,000 draws)', () => {
    const random = seededRandom(5);
    const zones = ['UTC', 'Pacific/Apia', 'Asia/Kathmandu', 'America/St_Johns', 'Pacific/Chatham', 'Africa/Casablanca'];
    for (let round = 0; round < 1000; round++) {
      const at = new Date(1_700_000_000_000 + Math.floor(random() * 3e11));
      const timeZone = zones[round % zones.length]!;
      const always = { timeZone, week: [{ days: [...workdays, 'saturday', 'sunday'], from: '00:00', to: '24:00' }] };
      expect(isOpenAt(openingHoursSchema.parse(always), at)).toBe(true);
      expect(isOpenAt(openingHoursSchema.parse({ timeZone, week: [] }), at)).toBe(false);
    }
  });

  it('is open as long as the ranges say (every minute of a week without a change of clocks)', () => {
    const hours = openingHoursSchema.parse({
      timeZone: 'America/New_York',
      week: [
        { days: ['monday'], from: '23:30', to: '00:30' },
        { days: ['tuesday'], from: '00:15', to: '01:00' },
        { days: ['wednesday'], from: '12:00', to: '12:01' },
      ],
    });
    let open = 0;
    for (let minute = 0; minute < 10_080; minute++)
      if (isOpenAt(hours, new Date(Date.parse('2026-06-01T00:00:00Z') + minute * 60_000))) open++;
    expect(open).toBe(90 + 1);
  });

  it('refuses what is no zone or time', () => {
    expect(openingHoursSchema.safeParse({ timeZone: 'Moon/Base', week: [] }).success).toBe(false);
    const odd = { timeZone: 'UTC', week: [{ days: ['monday'], from: '25:00', to: '26:00' }] };
    expect(openingHoursSchema.safeParse(odd).success).toBe(false);
  });
});

describe('a calendar', () => {
  it('closes the targets that its rules are about', () => {
    const calendar = calendarSchema.parse({
      rules: [{ name: 'office hours', targets: { property: { name: 'site', value: 'berlin' } }, hours: office }],
    });
    const berlin = sampleTarget({ name: 'a', properties: { site: 'berlin' } });
    const paris = sampleTarget({ name: 'b', properties: { site: 'paris' } });
    const sunday = calendarFilter(calendar, new Date('2026-07-12T10:00:00Z'));
    expect([sunday(berlin), sunday(paris)]).toEqual(['outside of "office hours"', null]);
    expect(calendarFilter(calendar, new Date('2026-07-13T10:00:00Z'))(berlin)).toBeNull();
  });
});
