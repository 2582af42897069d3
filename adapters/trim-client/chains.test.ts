import { mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, openLab } from './testing/lab.ts';
import { seededRandom } from './testing/sample-disks.ts';

const block = 4096;
const noise = (seed: number, length: number) => {
  const random = seededRandom(seed);
  return Buffer.from(Uint8Array.from({ length }, () => random(256)));
};
/** Files that resemble each other and end with zeros, as on a disk. */
const common = noise(1, 16 * block);
const files = Array.from({ length: 40 }, (_, i) => {
  const alike = Buffer.from(common);
  for (let at = 0; at < alike.length; at += block) alike.writeUInt32LE(at * 64 + i, at);
  return Buffer.concat([alike, noise(i + 2, 12 * block), Buffer.from(`the end of file ${i}`.padEnd(block, '\0'))]);
});
const disk = (chosen: readonly number[]) => Buffer.concat(chosen.map((i) => files[i] as Buffer));
const every = files.map((_, i) => i);
const compression = { frameBlocks: 32, leastBlocks: 8, prefixBlocks: 64 };
let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

/** Sources with a folder of the host that holds these files. */
async function host(name: string, chosen: readonly number[]) {
  const folder = join(lab.folder, name);
  await mkdir(folder);
  for (const i of chosen) await writeFile(join(folder, `file-${i}`), files[i] as Buffer);
  const partialDir = join(lab.folder, 'partial');
  return {
    folder,
    sources: { previous: [], partialDir, hostFolders: [folder], hostIndex: join(lab.folder, `${name}.index`) },
  };
}

describe('frames that are compressed against those before them', () => {
  it('are fetched together, or alone where a host has what they need', async () => {
    await lab.publish(1, disk(every), { compression });
    const whole = await lab.fetch('whole', { version: 1 });
    expect(Buffer.compare(await lab.disk('whole'), disk(every))).toBe(0);
    const { sources } = await host(
      'half',
      every.filter((i) => i % 4 !== 0),
    );
    const half = await lab.fetch('half', { version: 1 }, [], { sources });
    expect(Buffer.compare(await lab.disk('half'), disk(every))).toBe(0);
    expect(half.bySource.host).toBeGreaterThan(disk(every).length / 2);
    expect(half.wireBytes).toBeLessThan(whole.wireBytes * 0.8);
  });

  it('are opened too when a host file that they need has changed without a trace in its times', async () => {
    const { folder, sources } = await host(
      'lying',
      every.filter((i) => i % 4 !== 0),
    );
    await lab.fetch('honest', { version: 1 }, [], { sources });
    const path = join(folder, 'file-1');
    const { atime, mtime } = await stat(path);
    const changed = await readFile(path);
    changed[block + 7] = (changed[block + 7] as number) ^ 1;
    await writeFile(path, changed);
    await utimes(path, atime, mtime);
    await lab.fetch('lied', { version: 1 }, [], { sources });
    expect(Buffer.compare(await lab.disk('lied'), disk(every))).toBe(0);
  });

  it('are opened too when blocks that they need have no place in the image any more', async () => {
    const some = every.filter((i) => i % 3 === 2);
    await lab.publish(2, disk(some), { compression });
    const fresh = await lab.fetch('some', { version: 2 });
    expect(Buffer.compare(await lab.disk('some'), disk(some))).toBe(0);
    expect(fresh.bySource.network).toBe(disk(some).length);
    const update = await lab.fetch('from-whole', { version: 2 }, ['whole']);
    expect(update.bySource.network).toBe(0);
    expect(Buffer.compare(await lab.disk('from-whole'), disk(some))).toBe(0);
  });

  it('are fetched one connection at a time as well, and leave no file behind', async () => {
    const { sources } = await host('slow', [1, 5, 9, 20, 21, 22]);
    await rm(sources.hostIndex, { force: true });
    await lab.fetch('one', { version: 1 }, [], { sources, parallel: 1 });
    expect(Buffer.compare(await lab.disk('one'), disk(every))).toBe(0);
    await expect(stat(join(lab.folder, 'partial', 'desk-1.spill'))).rejects.toThrow();
  });
});
