import { formatCell } from './format-value.ts';
import type { Column } from './output.ts';

const width = (text: string) => [...text].length;

function lines(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, at) => Math.max(width(title), ...rows.map((row) => width(row[at]!))));
  return [head, ...rows].map((row) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : cell + ' '.repeat(widths[at]! - width(cell))))
      .join('  ')
      .trimEnd(),
  );
}

/**
 * Items as lines under a head. Wide columns are taken in, from the left, while the line fits `columns` characters;
 * null (no terminal) leaves them all out and cuts nothing.
 */
export function table(items: readonly object[], all: readonly Column[], columns: number | null): string[] {
  const render = (chosen: readonly Column[]) =>
    lines(
      chosen.map((column) => column.title.toUpperCase()),
      items.map((one) => chosen.map((column) => formatCell(column.value(one)))),
    );
  let taken = all.filter((column) => !column.wide);
  let best = render(taken);
  if (columns === null) return best;
  for (const column of all.filter((one) => one.wide)) {
    const candidate = all.filter((one) => taken.includes(one) || one === column);
    const rendered = render(candidate);
    if (Math.max(...rendered.map(width)) > columns) break;
    taken = candidate;
    best = rendered;
  }
  return best.map((line) => (width(line) > columns ? `${[...line].slice(0, columns - 1).join('')}…` : line));
}

/** One thing as `title  value` lines; empty values are left out. */
export function card(value: object, columns: readonly Column[]): string[] {
  const rows = columns
    .map((column) => [column.title, formatCell(column.value(value))] as const)
    .filter(([, text]) => text !== '');
  const longest = Math.max(0, ...rows.map(([title]) => width(title)));
  return rows.map(([title, text]) => `${title.padEnd(longest)}  ${text}`);
}
