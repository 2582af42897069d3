import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Finding, fsck, readIndex, readManifest, readRoot, removeVersion } from '@atelier/adapters/repository';
import { generateSigner, packPath } from '@atelier/trim';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readJournal } from '../adapters/trim-client/journal.ts';
import { type Lab, openLab } from '../adapters/trim-client/testing/lab.ts';
import { changedDisk, sampleDisk, seededRandom } from '../adapters/trim-client/testing/sample-disks.ts';
import type { CrashJob } from './trim-crash/driver.ts';
import { runAndKill } from './trim-crash/run-and-kill.ts';

const random = seededRandom(9);
let lab: Lab;
let key: string;
const disks: Buffer[] = [];

beforeAll(async () => {
  const { privateKeyPem, signer } = generateSigner();
  key = privateKeyPem;
  lab = await openLab(signer);
  disks[1] = sampleDisk(random, 6000);
  await lab.publish(1, disks[1]);
});
afterAll(() => lab?.close());

const errors = (findings: readonly Finding[]) => findings.filter(({ severity }) => severity === 'error');

describe('publishing, killed at a random moment,', () => {
  it.each([2, 3, 4, 5, 6, 7])('leaves a valid repository, and the next run finishes version %i', async (version) => {
    const disk = changedDisk(random, disks[version - 1] as Buffer, version % 2 === 0 ? 'grown' : 'shifted');
    disks[version] = disk;
    const source = join(lab.folder, `disk-${version}`);
    await writeFile(source, disk);
    const job: CrashJob = {
      kind: 'publish',
      repository: lab.repository,
      key,
      image: 'desk',
      version,
      source,
      parents: [version - 1],
    };
    for (let kill = 0; kill < 2; kill++) {
      if (await runAndKill(job, random(900))) break;
      expect(errors(await fsck({ store: lab.store, workers: 1 }))).toEqual([]);
    }
    const there = await stat(join(lab.repository, `images/desk/${version}.manifest.json`)).catch(() => undefined);
    if (!there) await runAndKill(job, undefined);
    expect(errors(await fsck({ store: lab.store, workers: 1 }))).toEqual([]);
    await lab.fetch(`published-${version}`, { version }, version > 2 ? [`published-${version - 1}`] : []);
    expect(Buffer.compare(await lab.disk(`published-${version}`), disk)).toBe(0);
  });
});

describe('a transfer, killed at random moments,', () => {
  it.each([1, 2, 3, 4])('goes on where it was and reads no verified frame again, round %i', async (round) => {
    const version = round === 4 ? 7 : 6;
    const previous =
      round % 2 === 0 ? [{ diskPath: lab.path('published-3'), indexPath: `${lab.path('published-3')}.index` }] : [];
    const partialDir = join(lab.folder, `crash-${round}`);
    const target = lab.path(`crash-${round}`);
    const { manifest } = await readManifest(lab.store, await readRoot(lab.store), 'desk', version);
    const index = await readIndex(lab.store, manifest);
    const { url } = lab.server;
    const job: CrashJob = {
      kind: 'fetch',
      url,
      trust: lab.trust,
      image: 'desk',
      version,
      target,
      partialDir,
      previous,
      bytesPerSecond: 1_500_000,
    };
    let verifiedFrames = 0;
    for (let kill = 0; kill < 4; kill++) {
      const known = new Uint8Array(index.frames.count);
      const [journal] = (await readdir(partialDir).catch(() => [])).filter((name) => name.endsWith('.journal'));
      const digests = new Uint8Array((index.frames.first[index.frames.count] as number) * 32);
      if (journal) await readJournal(join(partialDir, journal), index.frames, digests, known);
      verifiedFrames += known.filter((one) => one === 1).length;
      lab.server.seen.length = 0;
      const finished = await runAndKill(job, kill < 3 ? 200 + random(1200) : undefined);
      for (let f = 0; f < index.frames.count; f++) {
        if (known[f] !== 1) continue;
        const path = packPath(manifest.packs[index.frames.pack[f] as number]?.digest ?? '');
        const [from, to] = [
          index.frames.offset[f] as number,
          (index.frames.offset[f] as number) + (index.frames.length[f] as number),
        ];
        const again = lab.server.seen.filter(
          (seen) => seen.path === path && seen.range && seen.range[0] < to && seen.range[1] >= from,
        );
        expect(again, `frame ${f} was verified and is read again`).toEqual([]);
      }
      await expect(
        stat(target).then(
          () => true,
          () => false,
        ),
      ).resolves.toBe(finished || kill === 3);
      if (finished) break;
    }
    expect(verifiedFrames).toBeGreaterThan(0);
    expect(Buffer.compare(await readFile(target), disks[version] as Buffer)).toBe(0);
  });
});

describe('garbage collection, killed at a random moment,', () => {
  it.each([1, 2, 3])('removes nothing that is needed, round %i', async (round) => {
    await removeVersion({ store: lab.store, image: 'desk', version: round });
    const job: CrashJob = { kind: 'gc', repository: lab.repository };
    await runAndKill(job, random(60));
    expect(errors(await fsck({ store: lab.store, workers: 1 }))).toEqual([]);
    await runAndKill(job, undefined);
    expect(await fsck({ store: lab.store, workers: 1 })).toEqual([]);
    await lab.fetch(`after-gc-${round}`, { version: 7 });
    expect(Buffer.compare(await lab.disk(`after-gc-${round}`), disks[7] as Buffer)).toBe(0);
  });
});
