import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { gc, removeVersion } from '@atelier/adapters/repository';
import { packPath } from '@atelier/trim';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FetchProgress, FetchRequest } from './fetch-types.ts';
import { type Lab, openLab } from './testing/lab.ts';
import { type SeenRequest, sendFile } from './testing/repository-server.ts';
import { requireStartable } from './testing/require-startable.ts';
import { changedDisk, sampleDisk, seededRandom } from './testing/sample-disks.ts';

// What several do at once, and what one does slowly: right answers, counted at the server.

const MiB = 2 ** 20;
const random = seededRandom(64);
const first = sampleDisk(random, 700);
const second = changedDisk(random, first, 'edited');
const third = Buffer.concat([sampleDisk(random, 100), randomBytes(300 * 4096)]);
let lab: Lab;
let firstRoot: string;
beforeEach(async () => {
  lab = await openLab();
  firstRoot = (await lab.publish(1, first)).manifest.root;
  await lab.publish(2, second);
  await lab.publish(3, third);
  await lab.fetch('old', { version: 1 });
  lab.server.seen.length = 0;
});
afterEach(async () => {
  await requireStartable(lab.path('old'), firstRoot);
  await lab.close();
});

const isPack = ({ path }: SeenRequest) => path.startsWith('packs/');
/** A transfer of its own: `name` is shown to the server, so that its requests can be told from others. */
const client = (name: string, version: number, over: Partial<FetchRequest> = {}) =>
  lab.fetch(name, { version }, [], {
    sources: { previous: [], partialDir: join(lab.folder, `partial-${name}`) },
    repository: { baseUrls: [lab.server.url], attempts: 2, headers: async () => ({ 'x-client': name }) },
    bandwidthBytesPerSecond: 2 * MiB,
    ...over,
  });
/** Bytes of packs that were asked for more than once by the same client. */
const askedTwice = (name: string) => {
  const mine = lab.server.seen.filter((seen) => isPack(seen) && seen.headers['x-client'] === name);
  const ranges = mine
    .map(({ path, range }) => ({ path, from: range?.[0] ?? 0, to: range?.[1] ?? Number.POSITIVE_INFINITY }))
    .sort((a, b) => a.path.localeCompare(b.path) || a.from - b.from);
  return ranges.reduce((sum, { path, from }, i) => {
    const before = ranges[i - 1];
    return sum + (before?.path === path ? Math.max(0, before.to + 1 - from) : 0);
  }, 0);
};

describe('two transfers and a garbage collection at once', () => {
  it('bring both disks over bit by bit, each byte once, while the collection takes only what nobody needs', async () => {
    const { manifest } = await lab.publish(4, randomBytes(500_000));
    for (const version of [1, 4]) await removeVersion({ store: lab.store, image: 'desk', version });
    const transfers = Promise.all([client('a', 2), client('b', 3)]);
    let done = false;
    transfers.finally(() => {
      done = true;
    });
    let collections = 0;
    const removed: string[] = [];
    while (!done) {
      removed.push(...(await gc({ store: lab.store, graceMs: 0 })).removed);
      collections++;
    }
    await transfers;
    expect(Buffer.compare(await lab.disk('a'), second)).toBe(0);
    expect(Buffer.compare(await lab.disk('b'), third)).toBe(0);
    expect([askedTwice('a'), askedTwice('b')]).toEqual([0, 0]);
    expect(collections).toBeGreaterThan(0);
    // what version 1 had, version 2 has too
    expect(removed).toEqual([packPath(manifest.packs[0]?.digest ?? '')]);
  });

  it('let a version that was just removed come to its end, for collections wait a day', async () => {
    const transfer = client('a', 3);
    await expect.poll(() => lab.server.seen.some(isPack)).toBe(true);
    await removeVersion({ store: lab.store, image: 'desk', version: 3 });
    const { removed, kept } = await gc({ store: lab.store });
    expect(removed).toEqual([]);
    expect(kept.length).toBeGreaterThan(0);
    await transfer;
    expect(Buffer.compare(await lab.disk('a'), third)).toBe(0);
  });

  it('end the transfer of a version whose packs are gone with a plain word, and no other', async () => {
    const hold = new Map<string, () => void>();
    lab.server.fault = (seen) => {
      if (!isPack(seen) || seen.headers['x-client'] !== 'a') return false;
      return new Promise<boolean>((resolve) => hold.set(seen.path, () => resolve(false)));
    };
    const transfer = client('a', 3);
    const failed = expect(transfer).rejects.toEqual(expect.objectContaining({ code: 'trim.not-found' }));
    await expect.poll(() => hold.size).toBeGreaterThan(0);
    await removeVersion({ store: lab.store, image: 'desk', version: 3 });
    expect((await gc({ store: lab.store, graceMs: 0 })).removed.length).toBeGreaterThan(0);
    lab.server.fault = undefined;
    for (const go of hold.values()) go();
    await failed;
    await client('b', 2);
    expect(Buffer.compare(await lab.disk('b'), second)).toBe(0);
  });
});

it('a slow reader holds nobody up, and is sent no more than he reads', { timeout: 60_000 }, async () => {
  const large = randomBytes(32 * MiB);
  await lab.publish(4, large, { compression: { frameBlocks: 64 } });
  // counted at the server, for this reader alone
  let sent = 0;
  lab.server.fault = async ({ path, range, headers }, response) => {
    if (headers['x-client'] !== 'slow') return false;
    await sendFile(join(lab.repository, path), range, response, (bytes) => {
      sent += bytes;
    });
    return true;
  };
  const ahead: number[] = [];
  let rate: number | undefined = MiB;
  let done = false;
  const slow = client('slow', 4, {
    bandwidthBytesPerSecond: () => rate,
    parallel: 1,
    onProgress: ({ wireBytes, phase }: FetchProgress) => {
      if (phase === 'transferring' && wireBytes > 0 && rate) ahead.push(sent - wireBytes);
    },
  }).finally(() => {
    done = true;
  });
  await expect.poll(() => ahead.length, { timeout: 20_000 }).toBeGreaterThan(2);
  await client('fast', 3, { bandwidthBytesPerSecond: undefined });
  expect(done).toBe(false);
  expect(Buffer.compare(await lab.disk('fast'), third)).toBe(0);
  rate = undefined;
  await slow;
  expect(Buffer.compare(await lab.disk('slow'), large)).toBe(0);
  // what two sockets of this machine hold, and no more
  expect(Math.max(...ahead)).toBeLessThan(12 * MiB);
  expect(askedTwice('slow')).toBe(0);
});
