import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Lab, openLab } from '../testing/lab.ts';

const common = randomBytes(900 * 4096);
const first = Buffer.concat([randomBytes(200 * 4096), common]);
let lab: Lab;
beforeEach(async () => {
  lab = await openLab();
  await lab.publish(1, first);
  await lab.publish(1, common, { image: 'other' });
});
afterEach(() => lab.close());
const sources = (name: string, over: object = {}) => ({
  sources: { previous: [], partialDir: join(lab.folder, `partial-${name}`), ...over },
});

it('lends blocks of another image’s disk, though no frame of it is the same', async () => {
  await lab.fetch('other', { version: 1 }, [], { image: 'other', ...sources('other') });
  const kin = [{ diskPath: lab.path('other'), indexPath: `${lab.path('other')}.index` }];
  const { bySource } = await lab.fetch('desk', { version: 1 }, [], sources('desk', { kin }));
  expect(Buffer.compare(await lab.disk('desk'), first)).toBe(0);
  expect(bySource.previous).toBeGreaterThan(common.length / 2);
  expect(bySource.host).toBe(0);
});

it('takes what an interrupted transfer of another image left', async () => {
  const stop = new AbortController();
  const onProgress = ({ bySource }: { bySource: { network: number } }) =>
    bySource.network > common.length / 2 && stop.abort();
  await expect(
    lab.fetch('other', { version: 1 }, [], {
      image: 'other',
      ...sources('other'),
      onProgress,
      signal: stop.signal,
      bandwidthBytesPerSecond: 3_000_000,
    }),
  ).rejects.toMatchObject({ code: 'trim.aborted' });
  const left = (await readdir(join(lab.folder, 'partial-other'))).filter((name) => name.endsWith('.part'));
  const leftovers = left.map((name) => join(lab.folder, 'partial-other', name));
  expect(leftovers).toHaveLength(1);
  const { bySource } = await lab.fetch('desk', { version: 1 }, [], sources('desk', { leftovers }));
  expect(Buffer.compare(await lab.disk('desk'), first)).toBe(0);
  expect(bySource.interrupted).toBeGreaterThan(common.length / 4);
});

it('takes the disk that was changed under its index for what it is', async () => {
  await lab.fetch('other', { version: 1 }, [], { image: 'other', ...sources('other') });
  const disk = await readFile(lab.path('other'));
  await writeFile(
    lab.path('other'),
    disk.map((byte) => byte ^ 1),
  );
  const kin = [{ diskPath: lab.path('other'), indexPath: `${lab.path('other')}.index` }];
  const { bySource } = await lab.fetch('desk', { version: 1 }, [], sources('desk', { kin }));
  expect(Buffer.compare(await lab.disk('desk'), first)).toBe(0);
  expect(bySource.previous).toBe(0);
});

it('says what looking through the computer’s files took, and reads none twice', async () => {
  const host = join(lab.folder, 'host');
  await mkdir(host);
  await writeFile(join(host, 'file'), common);
  const told: unknown[] = [];
  const over = { hostFolders: [host], hostIndex: join(lab.folder, 'host.index') };
  for (const name of ['one', 'two']) {
    const onHostIndex = ({ files, read }: { files: number; read: number }) => told.push([files, read]);
    const { bySource } = await lab.fetch(name, { version: 1 }, [], { ...sources(name, over), onHostIndex });
    expect(bySource.host).toBeGreaterThan(common.length / 2);
  }
  expect(told).toEqual([
    [1, 1],
    [1, 0],
  ]);
});

it('puts a thread behind everything else, and only that thread', async () => {
  const code = `
    const { workerData, parentPort } = require('node:worker_threads');
    import(workerData).then(({ enterBackground }) => {
      enterBackground();
      const { readlinkSync } = require('node:fs');
      parentPort.postMessage(require('node:path').basename(readlinkSync('/proc/thread-self')));
      setInterval(() => undefined, 1000);
    });`;
  const url = new URL('../background-thread.ts', import.meta.url).href;
  const worker = new Worker(code, { eval: true, workerData: url });
  try {
    const [thread] = (await once(worker, 'message')) as [string];
    const nice = async (task: string) =>
      Number((await readFile(`/proc/self/task/${task}/stat`, 'utf8')).split(') ')[1]?.split(' ')[16]);
    expect(await nice(thread)).toBe(19);
    expect(await nice(String(process.pid))).toBeLessThan(19);
    await expect
      .poll(() => execFileSync('ionice', ['-p', thread], { encoding: 'utf8' }).trim(), { timeout: 5000 })
      .toBe('idle');
  } finally {
    await worker.terminate();
  }
});
