import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forecastFetch } from './forecast-fetch.ts';
import { type Lab, openLab } from './testing/lab.ts';
import { sampleDisk, seededRandom } from './testing/sample-disks.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

const pad = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc((4096 - (bytes.length % 4096)) % 4096)]);

describe('host files', () => {
  const files = [randomBytes(900_000), randomBytes(1_300_001), randomBytes(5)] as const;
  const own = randomBytes(800_000);
  let host: string;
  const sources = (name: string) => ({
    previous: [],
    partialDir: join(lab.folder, `partial-${name}`),
    hostFolders: [host],
    hostIndex: join(lab.folder, 'host.index'),
  });

  beforeAll(async () => {
    host = join(lab.folder, 'host');
    await mkdir(join(host, 'inner'), { recursive: true });
    await writeFile(join(host, 'a'), files[0]);
    await writeFile(join(host, 'inner/b'), files[1]);
    await writeFile(join(host, 'inner/c'), files[2]);
    const disk = Buffer.concat([
      pad(files[1]),
      Buffer.alloc(40_960),
      pad(own),
      pad(files[0]),
      pad(files[2]),
      pad(files[1]),
    ]);
    await lab.publish(1, disk, { compression: { frameBlocks: 8 } });
    await lab.fetch('plain', { version: 1 });
  });

  it('lend their blocks, the last one of each file too, and the rest comes from the network', async () => {
    const { bySource, wireBytes } = await lab.fetch('hosted', { version: 1 }, [], { sources: sources('hosted') });
    expect(Buffer.compare(await lab.disk('hosted'), await lab.disk('plain'))).toBe(0);
    expect(bySource.host).toBeGreaterThan(3_400_000);
    expect(bySource.network).toBeLessThan(900_000);
    expect(wireBytes).toBeLessThan(1_000_000);
  });

  it('that changed without a trace in their times are found out when they are read, and fetched', async () => {
    const path = join(host, 'a');
    const { mtime, atime } = await stat(path);
    const changed = Buffer.from(files[0]);
    for (let at = 100_000; at < 400_000; at += 4096) changed[at] = (changed[at] as number) ^ 1;
    await writeFile(path, changed);
    await utimes(path, atime, mtime);
    const { bySource } = await lab.fetch('lied', { version: 1 }, [], { sources: sources('lied') });
    expect(Buffer.compare(await lab.disk('lied'), await lab.disk('plain'))).toBe(0);
    expect(bySource.network).toBeGreaterThan(own.length + 200_000);
    expect(Object.values(bySource).reduce((a, b) => a + b)).toBe((await lab.disk('plain')).length);
  });

  it('that are gone, or an index of them that is damaged, do no harm', async () => {
    const index = await readFile(join(lab.folder, 'host.index'));
    await writeFile(join(lab.folder, 'host.index'), index.subarray(0, index.length - 3));
    await rm(join(host, 'inner/b'));
    const { bySource } = await lab.fetch('gone', { version: 1 }, [], { sources: sources('gone') });
    expect(Buffer.compare(await lab.disk('gone'), await lab.disk('plain'))).toBe(0);
    expect(bySource.network).toBeGreaterThan(files[1].length);
  });
});

describe('an encrypted version', () => {
  const key = randomBytes(32);
  const encryption = { keyId: 'desk-1', key };
  const image = 'secret';
  const random = seededRandom(3);
  const first = sampleDisk(random, 300);
  const second = Buffer.concat([Buffer.from('shifted a little'), first]);
  const over = { image, contentKey: async (keyId: string) => (keyId === 'desk-1' ? key : randomBytes(32)) };

  it('is fetched with its key, by delta too, and shows nothing of itself in the repository', async () => {
    await lab.publish(1, first, { image, encryption });
    const { manifest } = await lab.publish(2, second, { image, encryption, parents: [1] });
    await lab.fetch('secret-1', { version: 1 }, [], over);
    expect(Buffer.compare(await lab.disk('secret-1'), first)).toBe(0);
    await lab.fetch('secret-2', { version: 2 }, ['secret-1'], over);
    expect(Buffer.compare(await lab.disk('secret-2'), second)).toBe(0);
    expect(manifest.deltas.length).toBe(1);
    for (const { digest } of manifest.packs) {
      const pack = await readFile(join(lab.repository, `packs/${digest}.pack`));
      expect(pack.indexOf(Buffer.of(0x28, 0xb5, 0x2f, 0xfd))).toBe(-1);
    }
  });

  it('is refused without its key, and with another one', async () => {
    await expect(lab.fetch('secret-3', { version: 1 }, [], { image })).rejects.toEqual(
      expect.objectContaining({ code: 'trim.key-missing' }),
    );
    const wrong = { image, contentKey: async () => randomBytes(32) };
    await expect(lab.fetch('secret-3', { version: 1 }, [], wrong)).rejects.toEqual(
      expect.objectContaining({ code: 'trim.key-missing' }),
    );
  });
});

describe('a forecast', () => {
  it('says what the transfer then takes', async () => {
    const random = seededRandom(8);
    const first = sampleDisk(random, 600);
    const second = Buffer.concat([first, sampleDisk(random, 100)]);
    await lab.publish(1, first, { image: 'cast' });
    await lab.publish(2, second, { image: 'cast', parents: [1] });
    await lab.fetch('cast-1', { version: 1 }, [], { image: 'cast' });
    const previous = [{ diskPath: lab.path('cast-1'), indexPath: `${lab.path('cast-1')}.index` }];
    const said = await forecastFetch({
      repository: { baseUrls: [lab.server.url] },
      trust: lab.trust,
      image: 'cast',
      want: { version: 2 },
      previous,
    });
    const done = await lab.fetch('cast-2', { version: 2 }, ['cast-1'], { image: 'cast' });
    expect(said).toEqual({
      image: 'cast',
      version: 2,
      bytesTotal: second.length,
      bySource: done.bySource,
      wireBytes: done.wireBytes,
      requests: done.requests,
    });
  });
});
