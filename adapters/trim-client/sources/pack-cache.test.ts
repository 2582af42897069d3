import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PackCache } from './pack-cache.ts';

const MiB = 2 ** 20;
const pack = (letter: string) => `packs/${letter.repeat(64)}.pack`;
let folder: string;
let now = 1_000_000;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pack-cache-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const open = (limit = 100 * MiB) => PackCache.open(folder, limit, () => now++);

const put = async (cache: PackCache, path: string, offset: number, bytes: Buffer) => {
  const recording = cache.record(path, offset);
  for (let at = 0; at < bytes.length; at += 70_000) await recording?.add(bytes.subarray(at, at + 70_000));
  await recording?.keep();
};
const take = async (cache: PackCache, path: string, offset: number, length: number) => {
  const parts: Uint8Array[] = [];
  for await (const part of cache.read(path, offset, length)) parts.push(part);
  return Buffer.concat(parts);
};

it('gives back what was kept, over the borders of extents and after a restart, and says where a gap begins', async () => {
  const bytes = randomBytes(3 * MiB + 5);
  const cache = await open();
  await put(cache, pack('a'), 100, bytes);
  await put(cache, pack('a'), 100 + bytes.length, bytes.subarray(0, 10));
  for (const one of [cache, await open()]) {
    expect(one.usedBytes).toBe(bytes.length + 10);
    expect(one.held(pack('a'), 0, 10)).toBe(0);
    expect(one.held(pack('a'), 200, 10 * MiB)).toBe(bytes.length - 100 + 10);
    expect(Buffer.compare(await take(one, pack('a'), 200, 2 * MiB), bytes.subarray(100, 100 + 2 * MiB))).toBe(0);
    expect((await take(one, pack('a'), 200, 10 * MiB)).length).toBe(bytes.length - 90);
  }
});

it('stays within its bound: what was unused for longest goes', async () => {
  const cache = await open(3 * MiB);
  for (const letter of ['a', 'b', 'c']) await put(cache, pack(letter), 0, randomBytes(MiB));
  await take(cache, pack('a'), 0, 10);
  await put(cache, pack('d'), 0, randomBytes(MiB));
  expect(['a', 'b', 'c', 'd'].map((letter) => cache.held(pack(letter), 0, 1))).toEqual([1, 0, 1, 1]);
  expect(cache.usedBytes).toBe(3 * MiB);
  await cache.resize(MiB);
  expect(cache.usedBytes).toBe(MiB);
  expect((await readdir(folder, { recursive: true })).filter((name) => name.includes('-')).length).toBe(1);
});

it('forgets what was dropped, what a crash left halfway, and takes nothing that may change', async () => {
  const cache = await open();
  const recording = cache.record(pack('a'), 0);
  await recording?.add(randomBytes(3 * MiB));
  await recording?.drop();
  const crashed = cache.record(pack('b'), 0);
  await crashed?.add(randomBytes(2 * MiB));
  expect((await readdir(join(folder, 'incoming'))).length).toBe(2);
  await open();
  expect(await readdir(join(folder, 'incoming'))).toEqual([]);
  expect(cache.usedBytes).toBe(0);
  for (const path of ['root.json', 'images/desk/latest.json', 'images/desk/1.manifest.json', '../x'])
    expect(cache.record(path, 0)).toBeUndefined();
});
