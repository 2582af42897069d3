import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Lab, openLab, requireStartable } from '@atelier/adapters/trim-client/testing';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';

// A real file system that is really full: Linux' tmpfs with a size. Needs root, as mounting does.
const MiB = 1024 * 1024;
const disk = randomBytes(40 * MiB);
let lab: Lab;
let small: string;
let oldRoot: string;

beforeAll(async () => {
  lab = await openLab();
  small = join(lab.folder, 'small');
  mkdirSync(small);
  await lab.publish(1, disk);
  oldRoot = (await lab.publish(2, disk.subarray(0, MiB))).manifest.root;
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', small]);
  await lab.fetch('small/old', { version: 2 }, [], sources());
});
// an earlier version that lies on the same disk, in all of this
afterEach(() => requireStartable(lab.path('small/old'), oldRoot));
afterAll(async () => {
  spawnSync('umount', ['--lazy', small]);
  await lab.close();
});

const sources = () => ({ sources: { previous: [], partialDir: join(small, 'partial') } });
const fetchIntoSmall = () => lab.fetch('small/disk', { version: 1 }, [], { parallel: 1, ...sources() });
const diskFull = expect.objectContaining({ code: 'trim.disk-full' });

/** Takes every byte that is left. */
function fillUp(file: string): void {
  const handle = openSync(file, 'w');
  try {
    for (;;) writeSync(handle, Buffer.alloc(64 * 1024, 1));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(handle);
  }
}

it('refuses before it begins when the version does not fit', async () => {
  const before = lab.server.seen.length;
  await expect(fetchIntoSmall()).rejects.toEqual(diskFull);
  expect(
    lab.server.seen.slice(before).filter(({ path }) => path.startsWith('packs/') && !path.endsWith('.index')).length,
  ).toBeLessThan(3);
  expect(readdirSync(small)).not.toContain('disk.raw');
});

it('says so when the disk fills on the way, keeps what is verified, and goes on from there', async () => {
  execFileSync('mount', ['-o', 'remount,size=64m', small]);
  let packs = 0;
  lab.server.fault = ({ path, range }) => {
    if (path.startsWith('packs/') && range && range[1] - range[0] > MiB && ++packs === 3) fillUp(join(small, 'filler'));
    return false;
  };
  await expect(fetchIntoSmall()).rejects.toEqual(diskFull);
  lab.server.fault = undefined;
  expect(readdirSync(small)).not.toContain('disk.raw');
  rmSync(join(small, 'filler'));
  const result = await fetchIntoSmall();
  expect(result.bySource.interrupted).toBeGreaterThan(0);
  expect(Buffer.compare(readFileSync(join(small, 'disk.raw')), disk)).toBe(0);
});
