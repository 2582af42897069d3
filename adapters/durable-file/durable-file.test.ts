import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readIfThere, writeDurably } from './durable-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'durable-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a file is replaced as a whole, with its folders, for its owner alone', async () => {
  const path = join(folder, 'a/b/file');
  await writeDurably(path, 'first, and longer');
  await writeFile(`${path}.new`, 'what a crash left behind', { mode: 0o644 });
  await writeDurably(path, Buffer.from('second'));
  expect(await readFile(path, 'utf8')).toBe('second');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, 'a'))).mode & 0o777).toBe(0o700);
  expect(await readdir(join(folder, 'a/b'))).toEqual(['file']);
});

test('a file that is not there reads as null, and one that cannot be read is an error', async () => {
  expect(await readIfThere(join(folder, 'nothing'))).toBeNull();
  await expect(readIfThere(folder)).rejects.toMatchObject({ code: 'EISDIR' });
});
