import { describe, expect, it } from 'vitest';
import { vmSettingsSchema } from './vm-settings.ts';
import { sparesAt } from './vm-spares.ts';

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'] as const;
const settings = vmSettingsSchema.parse({
  image: 'office',
  environments: ['here'],
  size: 20,
  timeZone: 'Europe/Berlin',
  spares: [
    { days: [...weekdays], from: '07:00', to: '18:00', count: 5 },
    { days: ['monday'], from: '07:30', to: '09:00', count: 40 },
    { days: ['saturday', 'sunday'], from: '01:30', to: '03:30', count: 3 },
    { days: ['friday'], from: '22:00', to: '02:00', count: 2 },
  ],
  otherwise: 1,
});

describe('machines that stand ready', () => {
  it.each([
    ['a working day', '2026-06-10T08:00:00Z', 5],
    ['a minute before it', '2026-06-10T04:59:59Z', 1],
    ['its begin in summer', '2026-06-10T05:00:00Z', 5],
    ['the same hour of the world in winter is night', '2026-12-09T05:00:00Z', 1],
    ['its begin in winter', '2026-12-09T06:00:00Z', 5],
    ['where ranges overlap the most, but not more than there may be', '2026-06-08T06:00:00Z', 20],
    ['after midnight of a range of the day before', '2026-06-12T23:59:00Z', 3],
    ['the hour that is left out in spring: 01:59 is followed by 03:00', '2026-03-29T00:59:00Z', 3],
    ['the minute after it', '2026-03-29T01:00:00Z', 3],
    ['the range has one hour only that night', '2026-03-29T01:30:00Z', 1],
    ['the hour that comes twice in autumn, first time', '2026-10-25T00:15:00Z', 3],
    ['second time', '2026-10-25T01:15:00Z', 3],
    ['the range has three hours that night', '2026-10-25T02:29:00Z', 3],
    ['and then it is over', '2026-10-25T02:30:00Z', 1],
  ])('%s', (_, at, count) => {
    expect(sparesAt(settings, new Date(at))).toBe(count);
  });
});
