import { randomBytes } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fsck, readIndex, readManifest, readRoot, removeVersion } from '@atelier/adapters/repository';
import { packPath } from '@atelier/trim';
import { afterAll, expect, it } from 'vitest';
import { readJournal } from '../adapters/trim-client/journal.ts';
import { changedDisk, sampleDisk, seededRandom } from '../adapters/trim-client/testing/sample-disks.ts';
import { errors, moments, openCrashLab, small } from './trim-crash/crash-lab.ts';
import { killsFor } from './trim-crash/kill-count.ts';
import { victims } from './trim-crash/victims.ts';

// Real processes, killed with SIGKILL at random moments.
const stand = victims(2);
afterAll(() => stand.close());

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

it.concurrent('publishing leaves a valid repository at every moment, and the next run finishes the version', async () => {
  const random = seededRandom(901);
  let disk = sampleDisk(random, 250);
  const lab = await openCrashLab(disk);
  try {
    const when = moments(random);
    let killed = 0;
    let version = 1;
    while (killed < killsFor(0.3)) {
      version++;
      disk = changedDisk(random, disk, version % 8 === 0 ? 'shrunk' : version % 2 === 0 ? 'grown' : 'shifted').subarray(
        0,
        350 * 4096,
      );
      if (disk.length < 50 * 4096) disk = sampleDisk(random, 250);
      const source = join(lab.folder, 'next');
      await writeFile(source, disk);
      const { repository, key } = lab;
      const job = { kind: 'publish', repository, key, image: 'desk', version, source, parents: [version - 1] } as const;
      for (let tries = 0; ; tries++) {
        const fate = await stand.run(job, tries < 5 ? when.next() : undefined);
        if (!fate.finished) killed++;
        if (tries === 0) when.learn(fate);
        expect(errors(await fsck({ store: lab.store, workers: 1 })), `version ${version}, run ${tries}`).toEqual([]);
        if (await exists(join(repository, `images/desk/${version}.manifest.json`))) break;
      }
      await lab.fetch(`v${version}`, { version }, version > 2 ? [`v${version - 1}`] : []);
      expect(Buffer.compare(await lab.disk(`v${version}`), disk), `version ${version}`).toBe(0);
      if (version > 3) await removeVersion({ store: lab.store, image: 'desk', version: version - 3 });
    }
    console.log(`publish: ${killed} kills over ${version - 1} versions, fsck clean after each`);
  } finally {
    await lab.close();
  }
});

it.concurrent('a transfer goes on where it was, and never reads a verified frame again', async () => {
  const random = seededRandom(902);
  const first = sampleDisk(random, 700);
  const second = changedDisk(random, changedDisk(random, first, 'edited'), 'grown');
  const lab = await openCrashLab(first);
  try {
    await lab.publish(2, second, { parents: [1], compression: small });
    await lab.fetch('one', { version: 1 });
    const { manifest } = await readManifest(lab.store, await readRoot(lab.store), 'desk', 2);
    const index = await readIndex(lab.store, manifest);
    const previous = [{ diskPath: lab.path('one'), indexPath: `${lab.path('one')}.index` }];
    const when = moments(random);
    const total = { killed: 0, transfers: 0, verified: 0, requests: 0 };
    while (total.killed < killsFor(0.3)) {
      const round = total.transfers++;
      const target = lab.path(`round-${round}`);
      const partialDir = join(lab.folder, `partial-${round}`);
      const job = {
        kind: 'fetch',
        url: lab.server.url,
        trust: lab.trust,
        image: 'desk',
        version: 2,
        target,
        partialDir,
        previous: round % 3 === 0 ? previous : [],
        bytesPerSecond: 3_000_000,
      } as const;
      for (let tries = 0; ; tries++) {
        const known = new Uint8Array(index.frames.count);
        const digests = new Uint8Array((index.frames.first[index.frames.count] as number) * 32);
        const [journal] = (await readdir(partialDir).catch(() => [])).filter((name) => name.endsWith('.journal'));
        if (journal) await readJournal(join(partialDir, journal), index.frames, digests, known);
        lab.server.seen.length = 0;
        const fate = await stand.run(job, tries < 6 ? when.next() : undefined);
        if (!fate.finished) total.killed++;
        if (tries === 0) when.learn(fate);
        total.requests += lab.server.seen.length;
        for (let f = 0; f < known.length; f++) {
          if (known[f] !== 1 || round % 3 === 0) continue;
          total.verified++;
          const path = packPath(manifest.packs[index.frames.pack[f] as number]?.digest ?? '');
          const from = index.frames.offset[f] as number;
          const to = from + (index.frames.length[f] as number);
          const again = lab.server.seen.filter(
            (seen) => seen.path === path && seen.range && seen.range[0] < to && seen.range[1] >= from,
          );
          expect(again, `frame ${f} of round ${round} was verified and is read again`).toEqual([]);
        }
        if (await exists(target)) break;
        expect(fate.finished, 'finished without a disk').toBe(false);
      }
      expect(Buffer.compare(await readFile(target), second), `round ${round}`).toBe(0);
    }
    const { killed, transfers, verified, requests } = total;
    expect(verified).toBeGreaterThan(0);
    console.log(
      `transfer: ${killed} kills over ${transfers} transfers, ${requests} requests, ${verified} verified frames met again, none fetched again`,
    );
  } finally {
    await lab.close();
  }
});

it.concurrent('garbage collection removes nothing that is needed, and the next one ends the work', async () => {
  const random = seededRandom(903);
  const disk = sampleDisk(random, 300);
  const lab = await openCrashLab(disk);
  try {
    await lab.publish(2, changedDisk(random, disk, 'grown'), { parents: [1] });
    const packs = join(lab.repository, 'packs');
    const garbage = 200;
    const live = await readdir(packs);
    const when = moments(random);
    const total = { killed: 0, rounds: 0, halfway: 0 };
    while (total.killed < killsFor(0.15)) {
      total.rounds++;
      const before = (await readdir(packs)).length;
      for (let i = 0; i < garbage; i++)
        await writeFile(join(packs, `${randomBytes(32).toString('hex')}.pack`), 'garbage');
      const fate = await stand.run({ kind: 'gc', repository: lab.repository }, when.next());
      when.learn(fate);
      if (!fate.finished) total.killed++;
      const left = await readdir(packs);
      if (left.length > live.length && left.length < before + garbage) total.halfway++;
      expect(left).toEqual(expect.arrayContaining(live));
      expect(errors(await fsck({ store: lab.store, workers: 1 }))).toEqual([]);
    }
    await stand.run({ kind: 'gc', repository: lab.repository });
    expect(await fsck({ store: lab.store, workers: 1 })).toEqual([]);
    expect((await readdir(packs)).sort()).toEqual(live.sort());
    console.log(
      `gc: ${total.killed} kills in ${total.rounds} runs, ${total.halfway} of them halfway through the sweep`,
    );
  } finally {
    await lab.close();
  }
});
