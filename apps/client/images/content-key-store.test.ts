import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AtelierError } from '@atelier/domain/errors';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openContentKeyStore } from './content-key-store.ts';

let folder: string;
const key = Buffer.alloc(32, 7);
const signal = new AbortController().signal;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'keys-')), 'content-keys');
});
afterEach(() => rm(join(folder, '..'), { recursive: true }));

it('keeps a key for its owner alone, and has it when the server cannot be reached', async () => {
  let answer: () => Promise<string> = async () => key.toString('base64');
  const keys = openContentKeyStore(folder, () => answer());
  expect(Buffer.compare(await keys.key('desk', 'k1-00aa', signal), key)).toBe(0);
  expect((await stat(join(folder, 'desk/k1-00aa'))).mode & 0o777).toBe(0o600);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  answer = async () => {
    throw new Error('no answer');
  };
  expect(Buffer.compare(await keys.key('desk', 'k1-00aa', signal), key)).toBe(0);
  await expect(keys.key('desk', 'k2-00aa', signal)).rejects.toThrow('no answer');
});

it('forgets a key that the server refuses, and takes no other length and no odd name', async () => {
  let answer: () => Promise<string> = async () => key.toString('base64');
  const keys = openContentKeyStore(folder, () => answer());
  await keys.key('desk', 'k1-00aa', signal);
  answer = async () => {
    throw new AtelierError('endpoint.revoked', 'nobody here may use it');
  };
  await expect(keys.key('desk', 'k1-00aa', signal)).rejects.toThrow('nobody here');
  expect(await readdir(join(folder, 'desk'))).toEqual([]);
  answer = async () => 'AAAA';
  await expect(keys.key('desk', 'k1-00aa', signal)).rejects.toThrow('32 bytes');
  await expect(keys.key('desk', '../k1', signal)).rejects.toThrow('not the name of a key');
  await expect(readFile(join(folder, 'k1'))).rejects.toThrow();
});
