import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSecret, sealSecret } from '../state/sealed-secret.ts';
import { ControllerBook } from './controller-book.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-book-'));
});
afterEach(() => rm(folder, { recursive: true }));

const entry = { name: 'blade-7', host: '10.0.9.7', port: 623, user: 'admin' };

it('keeps controllers in order, and their passwords from readers of the file', async () => {
  const book = new ControllerBook(folder);
  expect(book.controllers()).toEqual([]);
  await book.set(entry, 'quiet-secret');
  await book.set({ ...entry, name: 'blade-10' }, 'another');
  await book.set({ ...entry, user: 'operator' }, 'quiet-secret');
  expect(await book.list()).toEqual([
    { ...entry, name: 'blade-10' },
    { ...entry, user: 'operator' },
  ]);
  expect(book.controllers().map((one) => [one.name, one.address])).toEqual([
    ['blade-10', '10.0.9.7:623'],
    ['blade-7', '10.0.9.7:623'],
  ]);
  const path = join(folder, 'controllers.json');
  expect(await readFile(path, 'utf8')).not.toContain('quiet-secret');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect([await book.remove('blade-10'), await book.remove('blade-10')]).toEqual([true, false]);
  expect(book.controllers().map((one) => one.name)).toEqual(['blade-7']);
});

it('refuses what IPMI has no room for', async () => {
  const book = new ControllerBook(folder);
  await expect(book.set(entry, 'much longer than twenty bytes')).rejects.toThrow('20 bytes');
  await expect(book.set({ ...entry, name: 'a b' }, 'x')).rejects.toThrow(/letters/);
});

it('opens a secret only for whom it was sealed', async () => {
  const key = join(folder, 'key');
  const sealed = await sealSecret(key, 'one', 'secret ü');
  expect(await openSecret(key, 'one', sealed)).toBe('secret ü');
  await expect(openSecret(key, 'two', sealed)).rejects.toThrow('give it anew');
  await expect(openSecret(join(folder, 'none'), 'one', sealed)).rejects.toThrow('missing');
});
