import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { vmErrorTable } from './vm-error-table.ts';

test('every code that is thrown here is in the table, and every code of the table is thrown', async () => {
  const files = (await readdir(import.meta.dirname)).filter((name) => /(?<!\.test)\.ts$/.test(name));
  const sources = files.filter((name) => name !== 'vm-error-table.ts');
  const text = (await Promise.all(sources.map((name) => readFile(join(import.meta.dirname, name), 'utf8')))).join('\n');
  const thrown = new Set([...text.matchAll(/'((?:vm|image)\.(?!json')[a-z-]+)'/g)].map((match) => match[1]));
  expect([...thrown].sort()).toEqual(vmErrorTable.map((entry) => entry.code).sort());
});
