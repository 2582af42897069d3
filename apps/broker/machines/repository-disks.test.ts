import { copyFile, mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Lab, openLab } from '@atelier/adapters/trim-client/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { localSource } from './local-source.ts';
import { repositoryDisks } from './repository-disks.ts';
import { sweepDisks } from './sweep-disks.ts';

let lab: Lab;
const disk = (byte: string) => Buffer.alloc(1024 * 1024, `what stands on the disk ${byte} `);
const contentKey = async () => Promise.reject(new Error('not encrypted'));
const signal = new AbortController().signal;
const alone = async <Result>(_: string, wanted: AbortSignal, work: (signal: AbortSignal) => Promise<Result>) =>
  work(wanted);
const disksIn = (folder: string, repository = lab.repository) =>
  repositoryDisks({ source: async () => localSource(repository), folder, contentKey, alone });
const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

beforeAll(async () => {
  lab = await openLab();
  await lab.publish(1, disk('one'));
  await lab.publish(2, disk('two'));
  await lab.point(1);
});
afterAll(() => lab.close());

it('puts the disk of a version together from the repository once, and follows a channel', async () => {
  const disks = disksIn(join(lab.folder, 'disks'));
  expect(await disks.current('desk', { channel: 'stable' })).toBe(1);
  expect(await disks.current('desk', { channel: 'stable', version: 7 })).toBe(7);
  await expect(disks.current('desk', { channel: 'none' })).rejects.toThrow(/no channel/);
  const [one, other] = await Promise.all([disks.disk('desk', 1, signal), disks.disk('desk', 1, signal)]);
  expect(other).toBe(one);
  expect(disk('one').equals((await readFile(one)).subarray(0, disk('one').length))).toBe(true);
  // The next takes what the first has.
  const two = await disks.disk('desk', 2, signal);
  expect(disk('two').equals((await readFile(two)).subarray(0, disk('two').length))).toBe(true);
  await expect(disks.disk('desk', 3, signal)).rejects.toThrow();
  await expect(disks.disk('../desk', 1, signal)).rejects.toThrow(/no version/);
  const elsewhere = disksIn(lab.folder, join(lab.folder, 'none'));
  await expect(elsewhere.current('desk', { channel: 'stable' })).rejects.toThrow(/no repository/);
});

it('goes on with a disk for who still waits when another gives up', async () => {
  const disks = disksIn(join(lab.folder, 'shared'));
  const impatient = new AbortController();
  const [first, second] = [disks.disk('desk', 1, impatient.signal), disks.disk('desk', 1, signal)];
  impatient.abort(new Error('gone'));
  await expect(first).rejects.toThrow('gone');
  expect(await isThere(await second)).toBe(true);
});

/** A folder with the disks of both versions, long unused, and a machine that is said to lie over version 1. */
async function shelf(name: string) {
  const folder = join(lab.folder, name);
  const machines = join(folder, 'machines');
  const disks = disksIn(join(folder, 'disks'));
  const paths = [await disks.disk('desk', 1, signal), await disks.disk('desk', 2, signal)] as const;
  for (const path of paths) await utimes(path, new Date(0), new Date(0));
  await mkdir(join(machines, 'one'), { recursive: true });
  await writeFile(join(machines, 'one/made-of.json'), JSON.stringify({ image: 'desk', version: 1 }));
  // What is no machine's folder is nothing to worry about.
  await writeFile(join(machines, 'accelerator.json'), '{}');
  const sweep = {
    shelf: disks.shelf,
    machines,
    keepMs: 3_600_000,
    wanted: async () => [] as { image: string; version: number }[],
    alone: async (_: string, work: () => Promise<void>) => work(),
  };
  return { disks, paths, machines, sweep };
}

it('throws away disks that nobody needs for a while, and no others', async () => {
  const { disks, paths, machines, sweep } = await shelf('sweep');
  expect(await sweepDisks({ ...sweep, wanted: async () => [{ image: 'desk', version: 2 }] })).toEqual([]);
  expect(await sweepDisks(sweep)).toEqual([{ image: 'desk', version: 2 }]);
  expect(await Promise.all(paths.map(isThere))).toEqual([true, false]);
  expect(await isThere(`${paths[1]}.index`)).toBe(false);
  // Fetched anew when somebody wants it after all; and then it is young.
  await disks.disk('desk', 2, signal);
  await rm(join(machines, 'one'), { recursive: true });
  expect(await sweepDisks(sweep)).toEqual([]);
  await utimes(paths[0], new Date(0), new Date(0));
  expect(await sweepDisks(sweep)).toEqual([{ image: 'desk', version: 1 }]);
});

it('puts a disk back that somebody came to need while it was thrown away', async () => {
  const { disks, paths, machines, sweep } = await shelf('race');
  const isNeeded = async () => {
    // Set aside by now; a machine is being made of it at this moment.
    expect(await isThere(paths[1])).toBe(false);
    await mkdir(join(machines, 'two'));
    await writeFile(join(machines, 'two/made-of.json'), JSON.stringify({ image: 'desk', version: 2 }));
    return true;
  };
  expect(await disks.shelf.discard({ image: 'desk', version: 2 }, isNeeded)).toBe(false);
  expect(await Promise.all(paths.map(isThere))).toEqual([true, true]);
  expect(await sweepDisks(sweep)).toEqual([]);
});

it('recovers from a broker that was killed while it threw a disk away', async () => {
  const { disks, paths, sweep } = await shelf('killed');
  const die = async () => Promise.reject(new Error('killed'));
  for (const version of [1, 2])
    await expect(disks.shelf.discard({ image: 'desk', version }, die)).rejects.toThrow('killed');
  expect(await Promise.all(paths.map(isThere))).toEqual([false, false]);
  // One is taken again, without a transfer: nothing could come from a repository that is away.
  const away = disksIn(join(paths[0], '..'), join(lab.folder, 'none'));
  expect(await away.disk('desk', 1, signal)).toBe(paths[0]);
  // The other one goes at the next sweep.
  expect(await sweepDisks(sweep)).toEqual([{ image: 'desk', version: 2 }]);
  expect(await isThere(`${paths[1]}.going`)).toBe(false);
});

it('throws nothing away while it cannot be told what a machine lies over', async () => {
  const { paths, machines, sweep } = await shelf('doubt');
  await mkdir(join(machines, 'odd'));
  await copyFile(paths[0], join(machines, 'odd/disk.qcow2'));
  await expect(sweepDisks(sweep)).rejects.toThrow(/no layer/);
  expect(await Promise.all(paths.map(isThere))).toEqual([true, true]);
});

it('removes what a transfer left that nobody goes on with', async () => {
  const { paths, sweep } = await shelf('left');
  const [old, young] = [
    `${paths[0].replace('-1.raw', '-8.raw')}.partial`,
    `${paths[0].replace('-1.raw', '-9.raw')}.partial`,
  ];
  for (const folder of [old, young]) {
    await mkdir(folder);
    await writeFile(join(folder, 'journal'), 'begun');
  }
  for (const path of [join(old, 'journal'), old]) await utimes(path, new Date(0), new Date(0));
  await sweepDisks(sweep);
  expect([await isThere(old), await isThere(young)]).toEqual([false, true]);
});
