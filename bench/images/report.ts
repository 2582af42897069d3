import type { Row } from './compare.ts';
import { type Bound, packBound, peakBound, requestBound, verdict, wallBound, wireBounds } from './goals.ts';
import type { CaseName } from './peer.ts';

const diskMB = 4294.967296;

/** The rows of one case side by side, as Markdown. */
export function measuredTable(rows: readonly Row[]): string {
  const value = (number: number | null, digits = 0) => (number === null ? '–' : number.toFixed(digits));
  const lines = rows.map((row) => {
    const wall = row.failed ? 'failed' : row.stopped ? `> ${row.wall}` : value(row.wall, 1);
    return `| ${row.case} | ${row.link || '–'} | ${row.peer} | ${value(row.wireMB, 1)} | ${wall} | ${value(row.cpu, 1)} | ${value(row.peakMB)} | ${value(row.requests)} |`;
  });
  return [
    '| case | link | peer | wire MB | wall s | CPU s | peak MB | requests |',
    '|---|---|---|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}

/** Ours against the best of the others and against what is asked for, as Markdown. */
export function verdictTable(rows: readonly Row[]): string {
  const lines: string[] = [];
  const add = (what: string, ours: number, digits: number, best: string, bound: Bound) =>
    lines.push(
      `| ${what} | ${ours.toFixed(digits)} | ${best} | ${bound.floor} | ${bound.goal} | ${verdict(ours, bound)} |`,
    );
  const our = rows.filter(({ peer, failed }) => peer === 'atelier' && !failed);
  const others = rows.filter(({ peer, failed }) => peer !== 'atelier' && !failed);
  for (const row of our) {
    if (row.case.startsWith('pack')) continue;
    const here = others.filter((other) => other.case === row.case && other.link === row.link);
    const what = `${row.case}, ${row.link} link`;
    if (row.wireMB !== null && row.link === 'fast') {
      const wires = here.flatMap((other) => (other.wireMB === null ? [] : [{ value: other.wireMB, name: other.peer }]));
      add(`wire MB ${row.case}`, row.wireMB, 1, least(wires), wireBounds[row.case as CaseName]);
      if (row.case === 'v1→v2' && row.requests !== null) add('requests v1→v2', row.requests, 0, '', requestBound);
    }
    const walls = here.map((other) => ({
      value: other.wall,
      name: other.stopped ? `${other.peer}, stopped` : other.peer,
    }));
    const best = Math.min(...walls.map(({ value }) => value));
    if (walls.length > 0) add(`wall by the best peer, ${what}`, row.wall / best, 2, least(walls), wallBound);
    if (row.peakMB !== null) add(`client peak MB, ${what}`, row.peakMB, 0, '', peakBound);
  }
  const packed = our.find((row) => row.case === 'pack v1');
  const peers = others.filter((row) => row.case === 'pack v1' && row.cpu !== null);
  const bestPack = peers.map((row) => ({ value: diskMB / (row.cpu as number), name: row.peer }));
  if (packed?.cpu) {
    const most = bestPack.sort((a, b) => b.value - a.value)[0];
    const shown = most ? `${most.value.toFixed(0)} (${most.name})` : '';
    add('pack v1, MB of disk per CPU second', diskMB / packed.cpu, 0, shown, packBound);
  }
  return ['| what | ours | best peer | floor | goal | reached |', '|---|---|---|---|---|---|', ...lines].join('\n');
}

function least(values: readonly { readonly value: number; readonly name: string }[]): string {
  const [best] = [...values].sort((a, b) => a.value - b.value);
  return best ? `${best.value.toFixed(1)} (${best.name})` : 'none can';
}
