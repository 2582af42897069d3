import { type Weekday, weekdays } from './opening-hours.ts';
import { type SpareRange, spareRangeSchema } from './vm-settings.ts';

/** The range that a text such as `mon-fri 07:00-18:00 5` says: days, times by the clock on the wall, machines. Null when it says none. */
export function parseSpareRange(text: string): SpareRange | null {
  const match = /^(\S+)\s+(\d{2}:\d{2})-(\d{2}:\d{2})\s+(\d{1,5})$/.exec(text.trim());
  const days = match ? daysIn(match[1]!) : null;
  if (!match || !days) return null;
  return spareRangeSchema.safeParse({ days, from: match[2], to: match[3], count: Number(match[4]) }).data ?? null;
}

/** The same, the other way round; `parseSpareRange` reads it again. */
export function formatSpareRange({ days, from, to, count }: SpareRange): string {
  const at = weekdays.flatMap((day, index) => (days.includes(day) ? [index] : []));
  const runs: number[][] = [];
  for (const index of at) {
    const last = runs.at(-1);
    if (last && last.at(-1) === index - 1) last.push(index);
    else runs.push([index]);
  }
  const short = (index: number): string => weekdays[index]!.slice(0, 3);
  const said = runs.flatMap((run) => (run.length > 2 ? [`${short(run[0]!)}-${short(run.at(-1)!)}`] : run.map(short)));
  return `${at.length === 7 ? 'daily' : said.join(',')} ${from}-${to} ${count}`;
}

function daysIn(text: string): readonly Weekday[] | null {
  if (text.toLowerCase() === 'daily') return weekdays;
  const found = new Set<number>();
  for (const part of text.toLowerCase().split(',')) {
    const [first, last = first] = part.split('-').map(indexOf);
    if (first === undefined || first < 0 || last === undefined || last < 0 || part.split('-').length > 2) return null;
    for (let index = first; ; index = (index + 1) % 7) {
      found.add(index);
      if (index === last) break;
    }
  }
  return weekdays.filter((_, index) => found.has(index));
}

/** Of a day by its whole name or its first letters, three at least. */
const indexOf = (word: string): number => (word.length < 3 ? -1 : weekdays.findIndex((day) => day.startsWith(word)));
