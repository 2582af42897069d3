import { mkdir, mkdtemp, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeSocketDirectory, socketDirectoryCandidates } from './socket-directory.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-socket-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('beside the data when the path is short enough for a socket, else under the same name each time', () => {
  const short = socketDirectoryCandidates('/var/lib/atelier/postgres', '/run/user/1000');
  expect(short[0]).toBe('/var/lib/atelier/postgres/socket');
  const long = `/${'x'.repeat(90)}/postgres`;
  const candidates = socketDirectoryCandidates(long, '/run/user/1000');
  expect(candidates[0]).toMatch(/^\/run\/user\/1000\/atelier-[0-9a-f]{16}$/);
  expect(candidates).toEqual(socketDirectoryCandidates(long, '/run/user/1000'));
  expect(candidates).not.toEqual(socketDirectoryCandidates(`/y${long}`, '/run/user/1000'));
  expect(socketDirectoryCandidates(long, undefined)[0]).toMatch(/^\/tmp\//);
  for (const candidate of [...short, ...candidates]) {
    expect(Buffer.byteLength(join(candidate, '.s.PGSQL.5432.lock'))).toBeLessThan(108);
  }
});

test('a name that is a link or a file is passed over, an open folder of ours is closed', async () => {
  const [link, open, fresh] = ['link', 'open', 'fresh'].map((name) => join(folder, name)) as [string, string, string];
  await symlink('/tmp', link);
  await mkdir(open, { mode: 0o777 });
  const us = [process.getuid!()];
  expect(await makeSocketDirectory([link, open, fresh], us)).toBe(open);
  expect((await stat(open)).mode & 0o777).toBe(0o700);
  expect(await makeSocketDirectory([fresh], us)).toBe(fresh);
  await expect(makeSocketDirectory([open], [us[0]! + 1])).rejects.toMatchObject({ code: 'database.start-failed' });
});
