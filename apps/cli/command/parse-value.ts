import { InvalidArgumentError } from 'commander';

/** A whole number of at least `least`. */
export const wholeNumber =
  (least = 0) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least)
      throw new InvalidArgumentError(`give a whole number from ${least} on`);
    return value;
  };

export const yesOrNo = (text: string): boolean => {
  if (/^(yes|true|on|1)$/i.test(text)) return true;
  if (/^(no|false|off|0)$/i.test(text)) return false;
  throw new InvalidArgumentError('give yes or no');
};

const unit = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `90`, `90s`, `10m`, `2h`, `1d` as milliseconds. */
export function duration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text);
  if (!match) throw new InvalidArgumentError('give seconds, or a time such as 90s, 10m, 2h or 1d');
  return Number(match[1]) * unit[(match[2] || 's') as keyof typeof unit];
}

/** A moment: an ISO date or time, or a time ago such as `2h`. Gives ISO 8601. */
export function moment(text: string): string {
  if (/^\d+(\.\d+)?[smhd]$/.test(text)) return new Date(Date.now() - duration(text)).toISOString();
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new InvalidArgumentError('give a date, a time, or a time ago such as 2h');
  return time.toISOString();
}

/** The same for moments to come: `2h` is in two hours; `never` is null. */
export function futureMoment(text: string): string | null {
  if (text === 'never') return null;
  if (/^\d+(\.\d+)?[smhd]$/.test(text)) return new Date(Date.now() + duration(text)).toISOString();
  return moment(text);
}

/** Minutes of a duration; `never` is null. */
export const minutesOrNever = (text: string): number | null =>
  text === 'never' ? null : Math.round(duration(text) / 60_000);
