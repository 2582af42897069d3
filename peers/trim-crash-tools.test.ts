import { randomBytes } from 'node:crypto';
import { cp, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileSystemStore, fsck, removeVersion, repack } from '@atelier/adapters/repository';
import { fetchVersion } from '@atelier/adapters/trim-client';
import { parseRepositoryPath } from '@atelier/trim';
import { afterAll, expect, it } from 'vitest';
import { serveRepository } from '../adapters/trim-client/testing/repository-server.ts';
import { changedDisk, sampleDisk, seededRandom } from '../adapters/trim-client/testing/sample-disks.ts';
import { errors, moments, openCrashLab, small } from './trim-crash/crash-lab.ts';
import { killsFor } from './trim-crash/kill-count.ts';
import { victims } from './trim-crash/victims.ts';

// The tools that write whole repositories, killed with SIGKILL at random moments.
const stand = victims(2);
afterAll(() => stand.close());

const sizeOf = async (path: string) => (await stat(path).catch(() => undefined))?.size ?? 0;

it.concurrent('a mirror is valid at every moment, goes on where it was, and asks for no byte that it has', async () => {
  const random = seededRandom(904);
  const first = sampleDisk(random, 500);
  const second = Buffer.concat([changedDisk(random, first, 'edited'), randomBytes(500 * 4096)]);
  const lab = await openCrashLab(first);
  try {
    await lab.publish(2, second, { parents: [1] });
    await lab.point(2);
    const contents: { readonly path: string; readonly digest: string }[] = [];
    for await (const { path } of lab.store.list('')) {
      const found = parseRepositoryPath(path);
      if (found?.kind === 'pack' || found?.kind === 'delta') contents.push({ path, digest: found.digest });
    }
    const when = moments(random);
    const total = { killed: 0, copies: 0, resumed: 0, spared: 0 };
    while (total.killed < killsFor(0.15)) {
      const copy = join(lab.folder, `copy-${total.copies++}`);
      const store = await fileSystemStore(copy);
      const job = { kind: 'mirror', url: lab.server.url, copy, bytesPerSecond: 8_000_000 } as const;
      for (let tries = 0; ; tries++) {
        const had = new Map<string, number>();
        for (const { path, digest } of contents)
          had.set(path, (await sizeOf(join(copy, path))) || (await sizeOf(join(store.spoolFolder, `copy-${digest}`))));
        lab.server.seen.length = 0;
        const fate = await stand.run(job, tries < 6 ? when.next() : undefined);
        if (!fate.finished) total.killed++;
        if (tries === 0) when.learn(fate);
        for (const { path, range } of lab.server.seen) {
          const before = had.get(path) ?? 0;
          expect(range?.[0] ?? 0, `${path} from byte ${range?.[0] ?? 0}, ${before} were there`).toBe(before);
          if (before > 0) total.resumed++;
        }
        total.spared += [...had.values()].reduce((sum, bytes) => sum + bytes, 0);
        if ((await sizeOf(join(copy, 'root.json'))) > 0) expect(errors(await fsck({ store, workers: 1 }))).toEqual([]);
        if (fate.finished) break;
      }
      expect(await fsck({ store, workers: 1 })).toEqual([]);
    }
    const mirror = await serveRepository(join(lab.folder, `copy-${total.copies - 1}`));
    await lab.fetch('copied', { channel: 'stable' }, [], { repository: { baseUrls: [mirror.url] } });
    await mirror.close();
    expect(Buffer.compare(await lab.disk('copied'), second)).toBe(0);
    const { killed, copies, resumed, spared } = total;
    expect(spared).toBeGreaterThan(0);
    console.log(
      `mirror: ${killed} kills over ${copies} copies, ${resumed} files gone on with, ${spared} bytes not fetched again`,
    );
  } finally {
    await lab.close();
  }
});

it.concurrent('repacking leaves a valid repository at every moment, and the next run ends it', async () => {
  const random = seededRandom(905);
  const disk = sampleDisk(random, 400);
  const lab = await openCrashLab(disk);
  try {
    const half = disk.subarray(0, 200 * 4096);
    await lab.publish(2, half, { compression: small });
    await lab.publish(3, changedDisk(random, half, 'shuffled'), { parents: [2], compression: small });
    await lab.point(3);
    await removeVersion({ store: lab.store, image: 'desk', version: 1 });
    const when = moments(random);
    const total = { killed: 0, rounds: 0 };
    while (total.killed < killsFor(0.1)) {
      const repository = join(lab.folder, `repack-${total.rounds++}`);
      await cp(lab.repository, repository, { recursive: true, preserveTimestamps: true });
      const store = await fileSystemStore(repository);
      for (let tries = 0; ; tries++) {
        const fate = await stand.run({ kind: 'repack', repository, key: lab.key }, tries < 6 ? when.next() : undefined);
        if (!fate.finished) total.killed++;
        if (tries === 0) when.learn(fate);
        expect(errors(await fsck({ store, workers: 1 })), `round ${total.rounds}, run ${tries}`).toEqual([]);
        if (fate.finished) break;
      }
      expect((await repack({ store, signer: lab.signer, leastLive: 0.9, dryRun: true })).versions).toEqual([]);
    }
    const server = await serveRepository(join(lab.folder, `repack-${total.rounds - 1}`));
    const { diskPath } = await fetchVersion({
      repository: { baseUrls: [server.url] },
      trust: lab.trust,
      image: 'desk',
      want: { version: 2 },
      target: lab.path('repacked'),
      sources: { previous: [], partialDir: join(lab.folder, 'partial') },
      workers: 1,
    });
    await server.close();
    expect(diskPath).toBe(lab.path('repacked'));
    expect(Buffer.compare(await lab.disk('repacked'), half)).toBe(0);
    expect((await readdir(join(lab.folder, `repack-${total.rounds - 1}`, 'packs'))).length).toBeGreaterThan(0);
    console.log(`repack: ${total.killed} kills in ${total.rounds} rounds, fsck clean after each`);
  } finally {
    await lab.close();
  }
});
