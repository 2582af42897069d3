import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { receiveDisk } from './receive-disk.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-upload-'));
});
afterEach(() => rm(folder, { recursive: true }));

const none = async () => {};
const broken = async function* () {
  yield Buffer.from('abc');
  throw new Error('connection lost');
};

it('keeps what came before the sender broke off, and goes on there', async () => {
  const file = join(folder, 'x', 'upload');
  const reported: number[] = [];
  const keep = async (bytes: number) => void reported.push(bytes);
  await expect(receiveDisk(file, Readable.from(broken()), 0, 6, keep)).rejects.toThrow('connection lost');
  expect(reported).toEqual([3]);
  expect(await receiveDisk(file, Readable.from([Buffer.from('def')]), 3, 6, keep)).toBe(6);
  expect(await readFile(file, 'utf8')).toBe('abcdef');
  expect(reported).toEqual([3, 6]);
});

it('cuts off what was written but never reported', async () => {
  const file = join(folder, 'upload');
  await receiveDisk(file, Readable.from([Buffer.from('abcdef')]), 0, 6, none);
  await receiveDisk(file, Readable.from([Buffer.from('X')]), 2, 6, none);
  expect(await readFile(file, 'utf8')).toBe('abX');
});

it('keeps nothing of a request that brings too much, and all that came before it', async () => {
  const file = join(folder, 'upload');
  const reported: number[] = [];
  const keep = async (bytes: number) => void reported.push(bytes);
  await receiveDisk(file, Readable.from([Buffer.from('abc')]), 0, 6, keep);
  const twice = Readable.from([Buffer.from('ab'), Buffer.from('cdef')]);
  await expect(receiveDisk(file, twice, 3, 6, keep)).rejects.toMatchObject({ code: 'image.upload-mismatch' });
  expect(reported.at(-1)).toBe(3);
  expect(await readFile(file, 'utf8')).toBe('abc');
});

it('refuses more than was announced, and to leave a gap', async () => {
  const file = join(folder, 'upload');
  await expect(receiveDisk(file, Readable.from([Buffer.from('abcdef')]), 0, 5, none)).rejects.toMatchObject({
    code: 'image.upload-mismatch',
  });
  await receiveDisk(file, Readable.from([Buffer.from('abc')]), 0, 9, none);
  await expect(receiveDisk(file, Readable.from([Buffer.from('z')]), 5, 9, none)).rejects.toMatchObject({
    extra: { receivedBytes: 3 },
  });
});
