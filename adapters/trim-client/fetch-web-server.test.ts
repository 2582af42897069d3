import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { code, faultRounds, isPack } from './testing/fault-rounds.ts';
import type { Lab } from './testing/lab.ts';
import { serveRepository } from './testing/repository-server.ts';
import { sampleDisk, seededRandom } from './testing/sample-disks.ts';

const first = sampleDisk(seededRandom(42), 500);
const rounds = faultRounds(first);
const { fetchFirst, whole, absent, send } = rounds;
let lab: Lab;
beforeAll(() => {
  lab = rounds.lab;
});

describe('a web server that', () => {
  it('ignores Range is read through, and the disk is right', async () => {
    lab.server.fault = async ({ path }, response) => {
      await send(path, undefined, response);
      return true;
    };
    await fetchFirst();
    await whole();
  });

  it('answers with another range than asked is not believed: the file is read through', async () => {
    lab.server.fault = async ({ path, range }, response) => {
      if (!range) return false;
      const file = await readFile(join(lab.repository, path));
      response
        .writeHead(206, { 'content-range': `bytes 0-${range[1] - range[0]}/${file.length}` })
        .end(file.subarray(0, range[1] - range[0] + 1));
      return true;
    };
    await fetchFirst();
    await whole();
  });

  it('compresses on the way, whatever is asked, is refused', async () => {
    lab.server.fault = async ({ path }, response) => {
      if (!isPack(path)) return false;
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(await readFile(join(lab.repository, path))));
      return true;
    };
    await expect(fetchFirst()).rejects.toEqual(code('trim.range-ignored'));
    await absent();
  });

  it('fails with 503 twice is asked again', async () => {
    let times = 0;
    lab.server.fault = (_, response) => times++ < 2 && Boolean(response.writeHead(503).end());
    await fetchFirst();
    await whole();
    expect(times).toBeGreaterThan(2);
  });

  it('fails for good ends in trim.http with its status', async () => {
    lab.server.fault = ({ path }, response) => isPack(path) && Boolean(response.writeHead(500).end());
    await expect(fetchFirst()).rejects.toEqual(
      expect.objectContaining({ code: 'trim.http', message: expect.stringContaining('500') }),
    );
    await absent();
  });

  it('breaks bodies off in the middle is taken up where it stopped', async () => {
    let cuts = 0;
    lab.server.fault = async ({ path, range }, response) => {
      if (!isPack(path) || !range || range[1] - range[0] < 1000 || cuts >= 2) return false;
      cuts++;
      const bytes = (await readFile(join(lab.repository, path))).subarray(range[0], range[1] + 1);
      response.writeHead(206, {
        'content-length': bytes.length,
        'content-range': `bytes ${range[0]}-${range[1]}/999999`,
      });
      response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
      return true;
    };
    const { wireBytes } = await fetchFirst();
    await whole();
    expect(cuts).toBe(2);
    expect(wireBytes).toBeLessThan((await readFile(join(lab.repository, rounds.pack))).length + 10_000);
  });

  it('ends its answers early, as if they were whole, is asked for the rest', async () => {
    let cuts = 0;
    lab.server.fault = async ({ path, range }, response) => {
      if (!isPack(path) || !range || range[1] - range[0] < 1000 || cuts >= 2) return false;
      cuts++;
      const bytes = (await readFile(join(lab.repository, path))).subarray(
        range[0],
        range[0] + ((range[1] - range[0]) >> 1),
      );
      response.writeHead(206, { 'content-range': `bytes ${range[0]}-${range[1]}/999999` }).end(bytes);
      return true;
    };
    const { wireBytes } = await fetchFirst();
    await whole();
    expect(cuts).toBe(2);
    expect(wireBytes).toBeLessThan((await readFile(join(lab.repository, rounds.pack))).length + 10_000);
  });

  it('answers in multipart/byteranges, which was not asked for, is read through', async () => {
    let parts = 0;
    lab.server.fault = ({ range }, response) => {
      if (!range) return false;
      parts++;
      response.writeHead(206, { 'content-type': 'multipart/byteranges; boundary=x' }).end('--x\r\n');
      return true;
    };
    await fetchFirst();
    await whole();
    expect(parts).toBeGreaterThan(0);
  });

  it('is overloaded is left alone for longer each time, and for as long as it asks', async () => {
    const asked: number[] = [];
    lab.server.fault = ({ path }, response) => {
      if (!isPack(path) || asked.length >= 3) return false;
      asked.push(performance.now());
      response.writeHead(503, asked.length === 3 ? { 'retry-after': '1' } : {}).end();
      return true;
    };
    const over = { repository: { baseUrls: [lab.server.url], attempts: 4 } };
    let last = 0;
    await lab.fetch(rounds.name, { version: 1 }, [], {
      ...over,
      onProgress: () => {
        last = performance.now();
      },
    });
    await whole();
    const [first = 0, second = 0, third = 0] = asked;
    expect(second - first).toBeGreaterThanOrEqual(190);
    expect(third - second).toBeGreaterThanOrEqual(390);
    expect(last - third).toBeGreaterThanOrEqual(990);
  });

  it('drips a byte at a time (slow loris) is given up for one that does not', async () => {
    const drip = (response: ServerResponse) => {
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
      return true;
    };
    lab.server.fault = ({ path, range }, response) =>
      isPack(path) &&
      range !== undefined &&
      drip(response.writeHead(206, { 'content-range': `bytes ${range[0]}-${range[1]}/9999999` }));
    const slow = { repository: { baseUrls: [lab.server.url], attempts: 2, idleTimeoutMs: 300 } };
    await expect(lab.fetch(rounds.name, { version: 1 }, [], slow)).rejects.toEqual(
      expect.objectContaining({ code: 'trim.network', message: expect.stringContaining('less than 4096 bytes') }),
    );
    await absent();
    const good = await serveRepository(lab.repository);
    try {
      const both = { repository: { baseUrls: [lab.server.url, good.url], attempts: 3, idleTimeoutMs: 300 } };
      await lab.fetch(rounds.name, { version: 1 }, [], both);
      await whole();
    } finally {
      await good.close();
    }
  });

  it('stands still is given up after the idle time-out', async () => {
    lab.server.fault = ({ path }) => isPack(path);
    const over = { repository: { baseUrls: [lab.server.url], attempts: 2, idleTimeoutMs: 200 } };
    await expect(lab.fetch(rounds.name, { version: 1 }, [], over)).rejects.toEqual(code('trim.network'));
  });

  it('is not there at all ends in trim.network, one without the version in trim.not-found', async () => {
    const over = { repository: { baseUrls: ['http://127.0.0.1:9/'], attempts: 1 } };
    await expect(lab.fetch(rounds.name, { version: 1 }, [], over)).rejects.toEqual(code('trim.network'));
    await expect(lab.fetch(rounds.name, { version: 77 })).rejects.toEqual(code('trim.not-found'));
  });

  it('refuses credentials asks for new ones once, then gives up', async () => {
    lab.server.fault = ({ headers }, response) =>
      headers.authorization !== 'Bearer second' && Boolean(response.writeHead(401).end());
    const reasons: string[] = [];
    const headers = (good: string) => async (reason: string) => {
      reasons.push(reason);
      return { authorization: reason === 'first' ? 'Bearer first' : good };
    };
    await lab.fetch(rounds.name, { version: 1 }, [], {
      repository: { baseUrls: [lab.server.url], headers: headers('Bearer second') },
    });
    await whole();
    expect(reasons).toEqual(['first', 'unauthorized']);
    const over = { repository: { baseUrls: [lab.server.url], headers: headers('Bearer third') } };
    await expect(lab.fetch(`other-${rounds.round}`, { version: 1 }, [], over)).rejects.toEqual(
      code('trim.unauthorized'),
    );
  });
});
