import { z } from 'zod';

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof weekdays)[number];

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'is no time such as 08:30');
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'is no date such as 2026-12-24');

/** Whether the runtime knows the time zone. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * When a target or collection takes new sessions, by the clock on the wall of one time zone. A range whose end is not after its start goes on into the
 * next day; `00:00` to `24:00` is a whole day. An exception replaces what the week says of its date.
 */
export const openingHoursSchema = z.object({
  timeZone: z.string().max(64).refine(isTimeZone, 'is no time zone such as Europe/Berlin'),
  week: z.array(z.object({ days: z.array(z.enum(weekdays)).min(1).max(7), from: clock, to: clock })).max(50),
  exceptions: z
    .array(z.object({ date: day, ranges: z.array(z.object({ from: clock, to: clock })).max(10) }))
    .max(400)
    .default([]),
});
export type OpeningHours = Readonly<z.infer<typeof openingHoursSchema>>;

interface Range {
  readonly from: number;
  readonly to: number;
}

const minutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
const dayMs = 86_400_000;
const wholeDay = 1440;

/** The date, the day of the week and the minute that clocks in the zone show. */
function wallClock(at: Date, timeZone: string): { readonly date: string; readonly minute: number } {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(at);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return {
    date: `${part('year')}-${part('month')}-${part('day')}`,
    minute: Number(part('hour')) * 60 + Number(part('minute')),
  };
}

/** Dates are reckoned in UTC, where every day has 24 hours. */
const dateBefore = (date: string): string => new Date(Date.parse(`${date}T00:00Z`) - dayMs).toISOString().slice(0, 10);
const weekdayOf = (date: string): Weekday => weekdays[(new Date(`${date}T00:00Z`).getUTCDay() + 6) % 7]!;

/** The ranges that begin on a date; their ends may lie beyond its 1440 minutes. */
function rangesOf(hours: OpeningHours, date: string): readonly Range[] {
  const exception = hours.exceptions.find((one) => one.date === date);
  const said = exception?.ranges ?? hours.week.filter((one) => one.days.includes(weekdayOf(date)));
  return said.map(({ from, to }) => {
    const end = minutes(to);
    return { from: minutes(from), to: end <= minutes(from) ? end + wholeDay : end };
  });
}

/** Whether it is open at that moment. No hours at all (an empty week) means never. */
export function isOpenAt(hours: OpeningHours, at: Date): boolean {
  const { date, minute } = wallClock(at, hours.timeZone);
  const within = (range: Range, now: number): boolean => range.from <= now && now < range.to;
  return (
    rangesOf(hours, date).some((range) => within(range, minute)) ||
    rangesOf(hours, dateBefore(date)).some((range) => within(range, minute + wholeDay))
  );
}
