import { CimError } from './cim-error.ts';
import type { CimDateTime } from './cim-value.ts';

/** A datetime as numbers: microseconds since 1970 (UTC), or length of a span in microseconds. */
export type DateTimeParts =
  | { readonly kind: 'moment'; readonly micros: bigint; readonly offsetMinutes: number }
  | { readonly kind: 'interval'; readonly micros: bigint };

const digits = (value: number | bigint, width: number): string => String(value).padStart(width, '0');
const minute = 60_000_000n;

/** A moment in CIM's form, written in the zone `offsetMinutes` east of Greenwich. */
export function dateTimeOf(date: Date | number, offsetMinutes = 0, micros = 0): CimDateTime {
  const utc = new Date(date);
  if (Number.isNaN(utc.getTime())) throw new CimError('type', 'a date is not valid');
  const local = new Date(utc.getTime() + offsetMinutes * 60_000);
  const fraction = digits(local.getUTCMilliseconds() * 1000 + micros, 6);
  const day = `${digits(local.getUTCFullYear(), 4)}${digits(local.getUTCMonth() + 1, 2)}${digits(local.getUTCDate(), 2)}`;
  const time = `${digits(local.getUTCHours(), 2)}${digits(local.getUTCMinutes(), 2)}${digits(local.getUTCSeconds(), 2)}`;
  const sign = offsetMinutes < 0 ? '-' : '+';
  return { kind: 'datetime', text: `${day}${time}.${fraction}${sign}${digits(Math.abs(offsetMinutes), 3)}` };
}

/** A span in CIM's form. */
export function intervalOf(milliseconds: number): CimDateTime {
  const micros = BigInt(Math.round(milliseconds * 1000));
  const seconds = micros / 1_000_000n;
  const text = `${digits(seconds / 86_400n, 8)}${digits((seconds / 3600n) % 24n, 2)}${digits((seconds / 60n) % 60n, 2)}${digits(seconds % 60n, 2)}.${digits(micros % 1_000_000n, 6)}:000`;
  return { kind: 'datetime', text };
}

const cimForm =
  /^(\d{4})(\d{2}|\*{2})(\d{2}|\*{2})(\d{2}|\*{2})(\d{2}|\*{2})(\d{2}|\*{2})\.([\d*]{6})([+:-])(\d{3}|\*{3})$/;
const isoForm = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?(Z|[+-]\d{2}:?\d{2})?$/;
const durationForm = /^P(?:(\d{1,8})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.(\d{1,9}))?S)?)?$/;
/** What people write in queries on Windows: month/day/year. */
const americanForm = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;

const micro = (fraction: string | undefined): bigint =>
  BigInt((fraction ?? '').replaceAll('*', '0').padEnd(6, '0').slice(0, 6));

function moment(parts: readonly (string | undefined)[], fraction: string | undefined, offset: number): DateTimeParts {
  const number = (text: string | undefined, otherwise: number): number =>
    text === undefined || text.startsWith('*') ? otherwise : Number(text);
  const [year, month, day, hour, min, second] = parts;
  const [m, d, h, mi, s] = [number(month, 1), number(day, 1), number(hour, 0), number(min, 0), number(second, 0)];
  if (m < 1 || m > 12 || d < 1 || d > 31 || h > 23 || mi > 59 || s > 60)
    throw new CimError('type', 'a date is not valid');
  const date = new Date(0);
  date.setUTCFullYear(Number(year), m - 1, d);
  date.setUTCHours(h, mi, s);
  return {
    kind: 'moment',
    micros: BigInt(date.getTime()) * 1000n + micro(fraction) - BigInt(offset) * minute,
    offsetMinutes: offset,
  };
}

/** Minutes east of Greenwich of `Z`, `+01:00` or `-0530`. */
function zone(text: string | undefined): number {
  if (!text || text === 'Z') return 0;
  const found = /([+-])(\d{2}):?(\d{2})/.exec(text)!;
  return (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3]));
}

/** Reads CIM's form (asterisks count as nothing), an XML dateTime, an XML duration, or month/day/year. Throws `CimError` of kind `type`. */
export function readDateTime(text: string): DateTimeParts {
  const trimmed = text.trim();
  const cim = cimForm.exec(trimmed);
  if (cim && cim[8] !== ':')
    return moment(cim.slice(1, 7), cim[7], (cim[8] === '-' ? -1 : 1) * Number(cim[9]!.replaceAll('*', '0')));
  const interval = /^(\d{8})(\d{2})(\d{2})(\d{2})\.([\d*]{6}):000$/.exec(trimmed);
  if (interval) {
    const [, days, hours, minutes, seconds, fraction] = interval;
    const whole = BigInt(days!) * 86_400n + BigInt(hours!) * 3600n + BigInt(minutes!) * 60n + BigInt(seconds!);
    return { kind: 'interval', micros: whole * 1_000_000n + micro(fraction) };
  }
  const iso = isoForm.exec(trimmed);
  if (iso) return moment(iso.slice(1, 7), iso[7], zone(iso[8]));
  const duration = durationForm.exec(trimmed);
  if (duration && trimmed.length > 2 && !trimmed.endsWith('T')) {
    const [, days, hours, minutes, seconds, fraction] = duration;
    const whole =
      BigInt(days ?? 0) * 86_400n + BigInt(hours ?? 0) * 3600n + BigInt(minutes ?? 0) * 60n + BigInt(seconds ?? 0);
    return { kind: 'interval', micros: whole * 1_000_000n + micro(fraction) };
  }
  const american = americanForm.exec(trimmed);
  if (american) {
    const [, month, day, year, hour, min, second] = american;
    return moment([year, month, day, hour, min, second], undefined, 0);
  }
  throw new CimError('type', `"${text.slice(0, 40)}" is no datetime`);
}

/** CIM's form of any form that `readDateTime` knows. */
export function toDateTime(text: string): CimDateTime {
  const trimmed = text.trim();
  const parts = readDateTime(trimmed);
  if (cimForm.test(trimmed) || parts.kind === 'interval')
    return parts.kind === 'interval' ? intervalOf(Number(parts.micros) / 1000) : { kind: 'datetime', text: trimmed };
  return dateTimeOf(Number(parts.micros / 1000n), parts.offsetMinutes, Number(parts.micros % 1000n));
}

/** The moment as a JavaScript date; null for an interval. */
export function dateOf(value: CimDateTime): Date | null {
  const parts = readDateTime(value.text);
  return parts.kind === 'moment' ? new Date(Number(parts.micros / 1000n)) : null;
}

const fractionOf = (micros: bigint): string => {
  const rest = digits(micros % 1_000_000n, 6).replace(/0+$/, '');
  return rest === '' ? '' : `.${rest}`;
};

/** A moment in CIM's form without asterisks is cut up where it stands: instances are full of them. */
function xmlMoment(text: string): string {
  const fraction = text.slice(15, 21).replace(/0+$/, '');
  const away = Number(text.slice(22));
  const zone = away === 0 ? 'Z' : `${text[21]}${digits(Math.floor(away / 60), 2)}:${digits(away % 60, 2)}`;
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}T${text.slice(8, 10)}:${text.slice(10, 12)}:${text.slice(12, 14)}${fraction === '' ? '' : `.${fraction}`}${zone}`;
}

/** The XML form of DSP0230: `cim:Datetime` with a moment, or `cim:Interval` with a duration. */
export function xmlDateTime(value: CimDateTime): { readonly element: 'Datetime' | 'Interval'; readonly text: string } {
  const { text } = value;
  if (text.length === 25 && /^\d{14}\.\d{6}[+-]\d{3}$/.test(text))
    return { element: 'Datetime', text: xmlMoment(text) };
  const parts = readDateTime(text);
  if (parts.kind === 'moment')
    return {
      element: 'Datetime',
      text: xmlMoment(dateTimeOf(Number(parts.micros / 1000n), parts.offsetMinutes).text),
    };
  const { micros } = parts;
  const seconds = micros / 1_000_000n;
  return {
    element: 'Interval',
    text: `P${seconds / 86_400n}DT${(seconds / 3600n) % 24n}H${(seconds / 60n) % 60n}M${seconds % 60n}${fractionOf(micros)}S`,
  };
}
