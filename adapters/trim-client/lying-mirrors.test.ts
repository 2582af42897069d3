import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Lab, openLab } from './testing/lab.ts';
import { type RepositoryServer, sendFile, serveRepository } from './testing/repository-server.ts';
import { requireStartable } from './testing/require-startable.ts';
import { sampleDisk, seededRandom } from './testing/sample-disks.ts';

// Two addresses of a repository, of which the first one lies, in every way there is.

const first = sampleDisk(seededRandom(64), 200);
const third = Buffer.concat([first, randomBytes(300 * 4096)]);
let lab: Lab;
let honest: RepositoryServer;
let root: string;
let round = 0;
beforeAll(async () => {
  lab = await openLab();
  await lab.publish(1, first);
  root = (await lab.publish(3, third)).manifest.root;
  honest = await serveRepository(lab.repository);
});
beforeEach(() => {
  round++;
});
afterEach(async () => {
  lab.server.fault = undefined;
  await requireStartable(lab.path(`round-${round}`), root);
});
afterAll(async () => {
  await honest.close();
  await lab.close();
});

describe('a mirror that lies', () => {
  const answer = (response: ServerResponse, [from, to]: readonly [number, number], bytes: Uint8Array) =>
    response.writeHead(206, { 'content-range': `bytes ${from}-${to}/99999999` }).end(bytes);
  type Lie = (response: ServerResponse, range: readonly [number, number], path: string) => unknown;
  const length = ([from, to]: readonly [number, number]) => to - from + 1;
  const lies: Record<string, Lie> = {
    'gives noise': (response, range) => answer(response, range, randomBytes(length(range))),
    'gives zeros': (response, range) => answer(response, range, Buffer.alloc(length(range))),
    'gives another part of the pack': async (response, range, path) => {
      const file = await readFile(join(lab.repository, path));
      answer(response, range, Buffer.concat([file, file]).subarray(range[0] + 5000, range[1] + 5001));
    },
    'gives less than it says': (response, range) => answer(response, range, Buffer.alloc(10)),
    'gives another range than was asked for': (response, [from, to]) =>
      answer(response, [from + 1, to + 1], Buffer.alloc(to - from + 1)),
    'gives a page that says all is well': (response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>all is well</html>'),
    'gives nothing at all': (response) => response.writeHead(204).end(),
  };
  it.each(Object.keys(lies))('that %s is left for the honest one, and the disk is right', async (what) => {
    let told = 0;
    lab.server.fault = async ({ path, range }, response) => {
      if (!path.startsWith('packs/') || !range) return false;
      told++;
      await lies[what]?.(response, range, path);
      return true;
    };
    const repository = { baseUrls: [lab.server.url, honest.url], attempts: 4, idleTimeoutMs: 1000 };
    const sources = { previous: [], partialDir: join(lab.folder, `partial-${round}`) };
    await lab.fetch(`round-${round}`, { version: 3 }, [], { repository, sources });
    expect(told).toBeGreaterThan(0);
    expect(told).toBeLessThan(10);
  });

  const files = ['root.json', 'images/desk/latest.json', 'images/desk/3.manifest.json', 'images/desk/3.index'];
  it.each(files)('about %s, with an older or another one, is left for the honest one', async (file) => {
    await lab.point(1);
    const stale = await readFile(join(lab.repository, 'images/desk/latest.json'));
    await lab.point(3);
    const { trust } = await lab.fetch(`seen-${round}`, { channel: 'stable' });
    const stranger = await openLab();
    try {
      await stranger.publish(3, first);
      let told = 0;
      lab.server.fault = async ({ path, range }, response) => {
        if (path !== file) return false;
        told++;
        if (path.endsWith('latest.json')) response.end(stale);
        else await sendFile(join(stranger.repository, path), range, response);
        return true;
      };
      const repository = { baseUrls: [lab.server.url, honest.url], attempts: 4 };
      await lab.fetch(`round-${round}`, { channel: 'stable' }, [], { trust, repository });
      expect(told).toBeGreaterThan(0);
    } finally {
      await stranger.close();
    }
  });
});
