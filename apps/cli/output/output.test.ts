import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Terminal } from '../terminal/terminal.ts';
import { formatBytes, formatCell, formatSeconds } from './format-value.ts';
import { type Column, list } from './output.ts';
import { printOutput } from './print-output.ts';
import { card, table } from './table.ts';

const columns: Column[] = [
  { title: 'name', value: (one) => one.name },
  { title: 'state', value: (one) => one.state },
  { title: 'notes', value: () => 'n'.repeat(30), wide: true },
];
const items = [{ name: 'debian-lab', state: 'available' }, { name: 'x' }];

function captured() {
  const text = { out: '', err: '' };
  const sink = (key: 'out' | 'err') =>
    new Writable({
      write(chunk, _encoding, next) {
        text[key] += chunk;
        next();
      },
    });
  const plain = (value: string) => value;
  const terminal = {
    out: sink('out'),
    err: sink('err'),
    outIsTerminal: false,
    columns: 80,
    style: { bold: plain, dim: plain, red: plain, green: plain },
  } as unknown as Terminal;
  return { text, terminal };
}

describe('a table', () => {
  it('leaves wide columns out where nobody has room for them', () => {
    expect(table(items, columns, null)).toEqual(['NAME        STATE', 'debian-lab  available', 'x']);
    expect(table(items, columns, 100)[0]).toBe('NAME        STATE      NOTES');
    expect(table(items, columns, 40)[0]).toBe('NAME        STATE');
  });

  it('cuts a line that a terminal would wrap, and nothing elsewhere', () => {
    expect(table(items, columns, 15)[1]).toBe('debian-lab  av…');
  });

  it('never lets control characters of a server through', () => {
    expect(formatCell('a\x1b[31mb\nc')).toBe('a [31mb c');
  });
});

it('shows one thing as lines, without empty ones', () => {
  expect(card(items[1]!, columns.slice(0, 2))).toEqual(['name  x']);
});

describe('formats', () => {
  it('write data to stdout and words to stderr', async () => {
    for (const [format, expected] of [
      ['json', `${JSON.stringify(items, null, 2)}\n`],
      ['yaml', '- name: debian-lab\n  state: available\n- name: x\n'],
      ['name', 'debian-lab\nx\n'],
    ] as const) {
      const { text, terminal } = captured();
      await printOutput(
        terminal,
        list(items, columns, (one) => one.name, 'nothing yet'),
        format,
        false,
      );
      expect(text).toEqual({ out: expected, err: '' });
    }
    const { text, terminal } = captured();
    await printOutput(
      terminal,
      list([] as { name: string }[], columns, (one) => one.name, 'nothing yet'),
      'table',
      false,
    );
    expect(text).toEqual({ out: '', err: 'nothing yet\n' });
  });

  it('speak of sizes and times as people do', () => {
    expect([0, 1536, 5 * 1024 ** 3, null].map(formatBytes)).toEqual(['0 B', '1.5 KiB', '5.0 GiB', '']);
    expect([12, 190, 3720].map(formatSeconds)).toEqual(['12 s', '3 min 10 s', '1 h 02 min']);
  });
});
