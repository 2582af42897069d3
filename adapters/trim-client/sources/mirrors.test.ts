import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FetchRequest } from '../fetch-types.ts';
import { type Lab, openLab } from '../testing/lab.ts';
import { type RepositoryServer, sendFile, serveRepository } from '../testing/repository-server.ts';
import { sampleDisk, seededRandom } from '../testing/sample-disks.ts';
import type { MirrorSpeeds } from './mirror-speeds.ts';

const first = sampleDisk(seededRandom(1), 2500);
let lab: Lab;
let other: RepositoryServer;
beforeEach(async () => {
  lab = await openLab();
  await lab.publish(1, first);
  other = await serveRepository(lab.repository);
});
afterEach(async () => {
  await other.close();
  await lab.close();
});

const isPack = (path: string) => path.startsWith('packs/');
const bytesOf = ({ seen }: RepositoryServer) =>
  seen.reduce((sum, { path, range }) => sum + (isPack(path) && range ? range[1] - range[0] + 1 : 0), 0);
async function fetched(over: Partial<FetchRequest>, name = 'desk') {
  const result = await lab.fetch(name, { version: 1 }, [], { parallel: 1, ...over });
  expect(Buffer.compare(await lab.disk(name), first)).toBe(0);
  return result;
}

it('that are slow are found out with a small part, and remembered for the next transfer', async () => {
  // half a second for what is asked of it on trial, longer for more
  lab.server.fault = async ({ path, range }, response) => {
    if (!isPack(path) || !range) return false;
    const bytes = (await readFile(join(lab.repository, path))).subarray(range[0], range[1] + 1);
    response.writeHead(206, { 'content-range': `bytes ${range[0]}-${range[1]}/*` });
    for (let at = 0; at < bytes.length; at += 16_384) {
      response.write(bytes.subarray(at, at + 16_384));
      await sleep(20);
    }
    response.end();
    return true;
  };
  const speeds: MirrorSpeeds = new Map();
  const repository = { baseUrls: [lab.server.url, other.url], attempts: 3 };
  await fetched({ repository, speeds });
  const [slow, fast] = [bytesOf(lab.server), bytesOf(other)];
  expect(slow).toBeLessThanOrEqual(512 * 1024);
  expect(fast).toBeGreaterThan(slow);
  expect(speeds.size).toBe(2);
  await fetched({ repository, speeds }, 'again');
  expect(bytesOf(lab.server)).toBe(slow);
});

it('that fail or lie are left for the other', async () => {
  lab.server.fault = async ({ path, range }, response) => {
    if (!isPack(path) || !range) return false;
    response.writeHead(206, { 'content-range': `bytes ${range[0]}-${range[1]}/9999999` });
    response.end(Buffer.alloc(range[1] - range[0] + 1, 1));
    return true;
  };
  const { bySource } = await fetched({ repository: { baseUrls: [lab.server.url, other.url], attempts: 3 } });
  expect(bySource.network).toBeGreaterThan(0);
  const lies = lab.server.seen.filter(({ path }) => isPack(path)).length;
  expect(lies).toBeLessThanOrEqual(2);
});

it('get the query that reading takes, and a fresh one when it has ended; errors do not show it', async () => {
  const seen: string[] = [];
  lab.server.fault = async (request, response) => {
    const [path = '', query = ''] = request.path.split('?');
    seen.push(query);
    if (query !== 'sig=second') {
      response.writeHead(403).end();
      return true;
    }
    await sendFile(`${lab.repository}/${path}`, request.range, response);
    return true;
  };
  const reasons: string[] = [];
  const query = (good: string) => async (reason: string) => {
    reasons.push(reason);
    return { sig: reason === 'first' ? 'first' : good };
  };
  await fetched({ repository: { baseUrls: [lab.server.url], query: query('second') } });
  expect(reasons).toEqual(['first', 'unauthorized']);
  expect(seen.filter((one) => one === 'sig=first')).toHaveLength(1);
  const refused = lab.fetch('no', { version: 1 }, [], {
    repository: { baseUrls: [lab.server.url], query: query('third') },
  });
  await expect(refused).rejects.toMatchObject({ code: 'trim.unauthorized' });
  await expect(refused).rejects.not.toThrow('third');
});
