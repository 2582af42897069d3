import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { choosePrograms, listPrograms } from './programs.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'atelier-programs-'));
  for (const [major, programs] of [
    ['9.6', ['initdb', 'postgres']],
    ['13', ['initdb', 'postgres']],
    ['15', ['initdb', 'postgres']],
    ['17', ['initdb', 'postgres']],
    ['18', ['pg_dump']],
  ] as const) {
    const folder = join(root, major, 'bin');
    await mkdir(folder, { recursive: true });
    for (const program of programs) await writeFile(join(folder, program), '');
  }
});
afterAll(() => rm(root, { recursive: true, force: true }));

test('the newest complete one of 15 or newer is taken', async () => {
  expect((await listPrograms(root)).map((one) => one.major)).toEqual([17, 15]);
  expect(await choosePrograms(undefined, root)).toEqual({ major: 17, folder: join(root, '17/bin') });
});

test('a data folder is served by the version that made it, or not at all', async () => {
  expect((await choosePrograms(15, root)).major).toBe(15);
  await expect(choosePrograms(16, root)).rejects.toMatchObject({ code: 'database.version-gone' });
  await expect(choosePrograms(undefined, join(root, 'nothing'))).rejects.toMatchObject({
    code: 'database.programs-missing',
  });
});
