const duration =
  /^(-?)P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,12})(?:\.(\d{1,20}))?S)?)?$/;
const day = 86_400_000;

/** Milliseconds of an `xs:duration`, a year being 365 days and a month 30; negative ones are negative. Null when it is none. */
export function parseDuration(text: string): number | null {
  const found = duration.exec(text.trim());
  if (!found || /[PT]$/.test(found[0])) return null;
  const [, sign, years, months, days, hours, minutes, seconds, fraction] = found;
  const part = (value: string | undefined, unit: number) => (value === undefined ? 0 : Number(value) * unit);
  const total =
    part(years, 365 * day) +
    part(months, 30 * day) +
    part(days, day) +
    part(hours, 3_600_000) +
    part(minutes, 60_000) +
    part(seconds, 1000) +
    (fraction === undefined ? 0 : Math.round(Number(`0.${fraction}`) * 1000));
  return sign === '-' ? -total : total;
}

/** `PT7200.000S`: the form in which Windows writes every duration. */
export const formatDuration = (milliseconds: number): string => `PT${(milliseconds / 1000).toFixed(3)}S`;

/** `P0DT0H0M5S`: the form of run times of shells. */
export function formatRunTime(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  return `P${Math.floor(seconds / 86_400)}DT${Math.floor(seconds / 3600) % 24}H${Math.floor(seconds / 60) % 60}M${seconds % 60}S`;
}
