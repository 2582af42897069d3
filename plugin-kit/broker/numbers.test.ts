import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as kit from './index.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/reference/broker-plug-ins.md'), 'utf8');
/** Tables of the page's section: name of the export → the words and numbers of its row. */
const rows = new Map(
  [...page.matchAll(/^\| `(\w+)` \| [^|]* \| ([^|]*) \|$/gm)].map(([, name = '', text = '']) => [name, text]),
);
const tables = Object.entries(kit).flatMap(([name, table]) =>
  typeof table === 'object' &&
  Object.values(table).every((one) => typeof one === 'number') &&
  Object.keys(table).length > 0
    ? [[name, table as unknown as Record<string, number>] as const]
    : [],
);

describe('the page of numbers', () => {
  it('knows all tables of the interface', () => {
    expect(tables.length).toBeGreaterThanOrEqual(11);
    expect(tables.map(([name]) => name).filter((name) => !rows.has(name))).toEqual([]);
  });

  it.each(tables)('tells the numbers of %s', (name, table) => {
    const said = [...(rows.get(name) ?? '').matchAll(/([\w-]+) (0x[0-9a-f]+|\d+)(?=[, ]|$)/gi)].map(
      ([, word, number]) => [word, Number(number)] as const,
    );
    expect(Object.fromEntries(said)).toEqual(table);
  });
});

describe('the version of the interface', () => {
  it.each([
    ['1.0', true],
    ['1.1', true],
    ['1.2', false],
    ['0.9', false],
    ['2.0', false],
    ['1', false],
    ['1.0.0', false],
    ['', false],
  ])('%s runs: %s', (wanted, runs) => {
    expect(kit.runsApiVersion(wanted)).toBe(runs);
  });
});

describe('an SbError', () => {
  it('is known by its shape, wherever it was made', () => {
    expect(kit.isSbError(new kit.SbError('vm-boot'))).toBe(true);
    expect(kit.isSbError({ name: 'SbError', code: 'vm-boot', message: '' })).toBe(true);
    for (const other of [
      new Error('vm-boot'),
      { name: 'SbError', code: 'toString' },
      null,
      'SbError',
      { name: 'SbError' },
    ])
      expect(kit.isSbError(other)).toBe(false);
  });
});
