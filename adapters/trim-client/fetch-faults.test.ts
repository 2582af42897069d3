import { randomBytes } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { resignLatest } from '@atelier/adapters/repository';
import { indexPath, latestPath, manifestPath } from '@atelier/trim';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { code, faultRounds, isPack } from './testing/fault-rounds.ts';
import { type Lab, openLab } from './testing/lab.ts';
import { sendFile } from './testing/repository-server.ts';
import { changedDisk, sampleDisk, seededRandom } from './testing/sample-disks.ts';

const random = seededRandom(42);
const first = sampleDisk(random, 500);
const second = Buffer.concat([changedDisk(random, first, 'edited'), randomBytes(200_000)]);
const rounds = faultRounds(first, async (lab) => {
  await lab.publish(2, second, { parents: [1] });
  await lab.point(1);
});
const { fetchFirst, whole, absent, send } = rounds;
let lab: Lab;
beforeAll(() => {
  lab = rounds.lab;
});

describe('a repository whose', () => {
  it('pack is corrupt in one frame: it is fetched again, and when it stays bad the error names it', async () => {
    const asked: (readonly [number, number])[] = [];
    lab.server.fault = async ({ path, range }, response) => {
      if (!isPack(path) || !range) return false;
      asked.push(range);
      const bytes = (await readFile(join(lab.repository, path))).subarray(range[0], range[1] + 1);
      if (range[0] <= 500 && range[1] >= 500) bytes[500 - range[0]] = (bytes[500 - range[0]] as number) ^ 0xff;
      response.writeHead(206, { 'content-range': `bytes ${range[0]}-${range[1]}/9999999` }).end(bytes);
      return true;
    };
    await expect(fetchFirst()).rejects.toEqual(
      expect.objectContaining({
        code: 'trim.frame-corrupt',
        message: expect.stringContaining(`frame 0 (${rounds.pack}, byte 8`),
      }),
    );
    await absent();
    expect(asked.filter(([from]) => from <= 500).length).toBe(2);
    // once the server is well again only the bad frame is missing
    lab.server.fault = undefined;
    const again = await fetchFirst();
    await whole();
    expect(again.bySource.interrupted).toBeGreaterThan(0);
    expect(again.bySource.network).toBeLessThan(first.length / 4);
  });

  it('pack is corrupt at one mirror only is taken from the other', async () => {
    const bad = await openLab();
    try {
      bad.server.fault = async ({ path, range }, response) => {
        if (!isPack(path)) {
          await send(path, range, response);
          return true;
        }
        response.writeHead(500).end();
        return true;
      };
      const over = { repository: { baseUrls: [bad.server.url, lab.server.url], attempts: 3 } };
      await lab.fetch(rounds.name, { version: 1 }, [], over);
      await whole();
    } finally {
      await bad.close();
    }
  });

  it('index was swapped for that of another version is refused', async () => {
    lab.server.fault = async ({ path, range }, response) => {
      if (path !== indexPath('desk', 1)) return false;
      await send(indexPath('desk', 2), range, response);
      return true;
    };
    await expect(fetchFirst()).rejects.toEqual(code('trim.index-digest'));
    await absent();
  });

  it('index or pack is shorter than its manifest says is refused at once', async () => {
    for (const [wanted, refusal] of [
      [indexPath('desk', 1), 'trim.index-digest'],
      [rounds.pack, 'trim.pack-digest'],
    ] as const) {
      let times = 0;
      lab.server.fault = async ({ path, range }, response) => {
        if (path !== wanted) return false;
        times++;
        const bytes = (await readFile(join(lab.repository, path))).subarray(0, 200);
        const [from, to] = range ?? [0, 199];
        if (from >= 200) response.writeHead(416, { 'content-range': 'bytes */200' }).end();
        else
          response
            .writeHead(206, { 'content-range': `bytes ${from}-${Math.min(to, 199)}/200` })
            .end(bytes.subarray(from, to + 1));
        return true;
      };
      await expect(fetchFirst()).rejects.toEqual(code(refusal));
      await absent();
      expect(times).toBeLessThan(5);
    }
  });

  it('manifest was swapped for that of another version is refused', async () => {
    lab.server.fault = async ({ path, range }, response) => {
      if (path !== manifestPath('desk', 1)) return false;
      await send(manifestPath('desk', 2), range, response);
      return true;
    };
    await expect(fetchFirst()).rejects.toEqual(code('trim.manifest-mismatch'));
  });

  it('manifest was signed by a stranger is refused', async () => {
    const other = await openLab();
    try {
      await other.publish(1, first);
      lab.server.fault = async ({ path, range }, response) => {
        if (!path.startsWith('images/')) return false;
        await sendFile(join(other.repository, path), range, response);
        return true;
      };
      await expect(fetchFirst()).rejects.toEqual(code('trim.manifest-signature'));
    } finally {
      await other.close();
    }
  });

  it('latest.json is older than one that was seen is refused, and so is one past its end', async () => {
    const stale = await readFile(join(lab.repository, latestPath('desk')));
    await resignLatest({ store: lab.store, signer: lab.signer, image: 'desk' });
    const { trust } = await lab.fetch(rounds.name, { channel: 'stable' });
    const current = await readFile(join(lab.repository, latestPath('desk')));
    await writeFile(join(lab.repository, latestPath('desk')), stale);
    await expect(lab.fetch(`again-${rounds.round}`, { channel: 'stable' }, [], { trust })).rejects.toEqual(
      code('trim.rollback'),
    );
    await writeFile(join(lab.repository, latestPath('desk')), current);
    const later = () => new Date(Date.now() + 8 * 24 * 3600 * 1000);
    await expect(lab.fetch(`again-${rounds.round}`, { channel: 'stable' }, [], { trust, now: later })).rejects.toEqual(
      code('trim.frozen'),
    );
    await lab.fetch(`again-${rounds.round}`, { channel: 'stable' }, ['old'], { trust });
    expect(Buffer.compare(await lab.disk(`again-${rounds.round}`), first)).toBe(0);
  });
});

describe('a client', () => {
  it('whose previous disk changed under its index verifies each block and fetches what is wrong', async () => {
    await lab.fetch('changed', { version: 1 }, ['old']);
    const disk = await lab.disk('changed');
    for (let at = 0; at < disk.length; at += 40 * 4096) disk[at] = (disk[at] as number) ^ 1;
    await writeFile(lab.path('changed'), disk);
    const { bySource } = await lab.fetch(rounds.name, { version: 2 }, ['changed']);
    expect(Buffer.compare(await lab.disk(rounds.name), second)).toBe(0);
    expect(bySource.previous).toBeGreaterThan(0);
  });

  it('with the version before needs few bytes, and tells them by source', async () => {
    const fresh = await lab.fetch(`fresh-${rounds.round}`, { version: 2 });
    const { bySource, wireBytes } = await lab.fetch(rounds.name, { version: 2 }, ['old']);
    expect(bySource.previous).toBeGreaterThan(bySource.network);
    expect(wireBytes).toBeLessThan(fresh.wireBytes / 2);
  });

  it('that is cancelled keeps what it has and goes on from there', async () => {
    const stop = new AbortController();
    const sources = { previous: [], partialDir: join(lab.folder, `partial-${rounds.round}`) };
    lab.server.fault = async ({ path, range }, response) => {
      if (!isPack(path) || !range) return false;
      const bytes = (await readFile(join(lab.repository, path))).subarray(range[0], range[1] + 1);
      response.writeHead(206, { 'content-range': `bytes ${range[0]}-${range[1]}/9999999` });
      response.write(bytes.subarray(0, bytes.length >> 1));
      return true;
    };
    const cancelled = expect(
      lab.fetch(rounds.name, { version: 1 }, [], { sources, signal: stop.signal }),
    ).rejects.toEqual(code('trim.aborted'));
    const [journal = ''] = await vi.waitUntil(async () => {
      const names = await readdir(sources.partialDir).catch(() => []);
      const found = names.filter((name) => name.endsWith('.journal'));
      return found.length > 0 && found;
    }, 10_000);
    await vi.waitUntil(async () => (await stat(join(sources.partialDir, journal))).size > 0, 10_000);
    stop.abort();
    await cancelled;
    lab.server.fault = undefined;
    const { bySource } = await fetchFirst();
    await whole();
    expect(bySource.interrupted).toBeGreaterThan(0);
  });

  it('holds to its bandwidth', async () => {
    const started = performance.now();
    const { wireBytes } = await lab.fetch(rounds.name, { version: 1 }, [], { bandwidthBytesPerSecond: 300_000 });
    const seconds = (performance.now() - started) / 1000;
    expect(wireBytes / seconds).toBeLessThan(450_000);
  });

  it('finds a finished disk in place and leaves it alone', async () => {
    await fetchFirst();
    lab.server.seen.length = 0;
    const { bySource } = await fetchFirst();
    expect(bySource.network).toBe(0);
    expect(lab.server.seen.some(({ path }) => isPack(path))).toBe(false);
    await writeFile(lab.path(rounds.name), 'something else');
    await expect(fetchFirst()).rejects.toEqual(code('trim.io'));
  });

  it('too old for a version says so', async () => {
    await lab.publish(3, first, { minimumClient: '2.0.0' });
    await expect(lab.fetch(rounds.name, { version: 3 }, [], { clientVersion: '1.9.9' })).rejects.toEqual(
      code('trim.client-too-old'),
    );
  });
});
