import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  acceptRoot,
  deltaPath,
  generateSigner,
  indexPath,
  manifestPath,
  packPath,
  pinRoot,
  type Signer,
  trustedRoot,
} from '@atelier/trim';
import { beforeEach, describe, expect, it } from 'vitest';
import { fileSystemStore } from './file-system-store.ts';
import { forecast } from './forecast.ts';
import { fsck } from './fsck.ts';
import { gc } from './gc.ts';
import { initRepository, rotateRoot } from './init-repository.ts';
import { publishLeasePath, takeLease } from './lease.ts';
import type { PublishRequest } from './publish-types.ts';
import { publishVersion } from './publish-version.ts';
import { listVersions, readLatest } from './read-repository.ts';
import { removeVersion } from './remove-version.ts';
import type { RepositoryStore } from './repository-store.ts';
import { resignLatest, setChannels } from './set-channels.ts';
import { stats } from './stats.ts';

let folder: string;
let store: RepositoryStore;
let signer: Signer;
const block = (n: number) => Buffer.alloc(4096, `block ${n} `);
const disk = (...blocks: readonly number[]) =>
  Buffer.concat(blocks.map((n) => (n === 0 ? Buffer.alloc(4096) : block(n))));
const code = (code: string) => expect.objectContaining({ code });
const codes = async () => (await fsck({ store, workers: 1 })).map(({ code, path }) => [code, path]);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'repository-'));
  store = await fileSystemStore(join(folder, 'repository'));
  ({ signer } = generateSigner());
  await initRepository({ store, rootSigner: signer, signingKeys: [signer.publicKey] });
  return () => rm(folder, { recursive: true, force: true });
});

async function publish(version: number, bytes: Buffer, over: Partial<PublishRequest> = {}) {
  const source = join(folder, `disk-${version}`);
  await writeFile(source, bytes);
  return publishVersion({
    store,
    signer,
    image: 'desk',
    version,
    source,
    workers: 1,
    compression: { frameBlocks: 4 },
    ...over,
  });
}

describe('publishing', () => {
  it('stores each block once, whatever version and place it came from', async () => {
    const first = await publish(1, disk(1, 2, 0, 1, 1, 3));
    expect(first.manifest.blocks).toEqual({ total: 6, zero: 1, distinct: 3, added: 3 });
    const second = await publish(2, disk(3, 4, 0, 0, 2));
    expect(second.manifest.blocks).toEqual({ total: 5, zero: 2, distinct: 3, added: 1 });
    expect(second.manifest.parents).toEqual([1]);
    expect(await readdir(join(folder, 'repository/packs'))).toHaveLength(2);
    const same = await publish(3, disk(3, 4, 0, 0, 2));
    expect([same.manifest.blocks.added, same.manifest.root]).toEqual([0, second.manifest.root]);
    expect(await codes()).toEqual([]);
  });

  it('moves no channel, refuses a number that is taken, and a disk that is empty or missing', async () => {
    await publish(1, disk(1));
    expect(await readLatest({ store, image: 'desk' })).toBeUndefined();
    await expect(publish(1, disk(2))).rejects.toEqual(code('trim.exists'));
    await expect(publish(2, Buffer.alloc(0))).rejects.toEqual(code('trim.limits'));
    await expect(publish(2, disk(1), { source: '/nowhere' })).rejects.toEqual(code('trim.io'));
    await expect(publish(2, disk(1), { image: '../desk' })).rejects.toEqual(code('trim.name'));
    await expect(publish(2, disk(1), { parents: [9] })).rejects.toEqual(code('trim.no-version'));
    expect((await listVersions({ store, image: 'desk' })).map(({ version }) => version)).toEqual([1]);
  });

  it('takes a disk of zeros only, and one that ends within a block', async () => {
    expect((await publish(1, Buffer.alloc(3 * 4096))).manifest.packs).toEqual([]);
    expect((await publish(2, Buffer.alloc(5000, 1))).manifest.blocks).toEqual({
      total: 2,
      zero: 0,
      distinct: 2,
      added: 2,
    });
    expect(await codes()).toEqual([]);
  });

  it('goes on from the packs of an interrupted run instead of packing them again', async () => {
    const stop = new AbortController();
    const compression = { frameBlocks: 4, packBytes: 200 };
    const bytes = disk(...Array.from({ length: 2000 }, (_, i) => i + 1));
    const onProgress = () => stop.abort();
    await expect(publish(1, bytes, { compression, signal: stop.signal, onProgress })).rejects.toEqual(
      code('trim.aborted'),
    );
    const left = await readdir(join(folder, 'repository/packs'));
    expect(left.length).toBeGreaterThan(0);
    // a process that was killed leaves its lease; this one names the packs and a process that is gone
    const lease = {
      kind: 'publish',
      holder: 'x',
      host: hostname(),
      pid: 999_999_999,
      started: '1',
      expires: Date.now() + 60_000,
      packs: left.map((name) => name.slice(0, 64)),
    };
    await store.replace(publishLeasePath('desk', 1), Buffer.from(JSON.stringify(lease)));
    const { manifest } = await publish(1, bytes, { compression });
    expect(manifest.blocks.added).toBeLessThan(2000);
    expect(manifest.packs.map(({ digest }) => `${digest}.pack`)).toEqual(expect.arrayContaining(left));
    expect(await codes()).toEqual([]);
  });

  it('is refused while the same version is being published, and gc gives way to it', async () => {
    const lease = await takeLease(store, publishLeasePath('desk', 1), 'publish');
    await expect(publish(1, disk(1))).rejects.toEqual(code('trim.busy'));
    await expect(gc({ store })).rejects.toEqual(code('trim.busy'));
    await lease.release();
    await publish(1, disk(1));
    expect((await gc({ store })).removed).toEqual([]);
  });

  it('makes a delta where frames are alike, and forecasts what it saves', async () => {
    const noise = Buffer.concat(Array.from({ length: 40 }, (_, i) => createNoise(i)));
    await publish(1, noise, { compression: { frameBlocks: 16 } });
    const shifted = Buffer.concat([Buffer.from('a few bytes more at the front'), noise]).subarray(0, noise.length);
    const { manifest, deltas } = await publish(2, shifted, { parents: [1], compression: { frameBlocks: 16 } });
    expect(deltas).toEqual([{ from: 1, frames: 3, bytes: manifest.deltas[0]?.length }]);
    const fresh = await forecast({ store, image: 'desk', from: [], to: 2 });
    const update = await forecast({ store, image: 'desk', from: [1], to: 2 });
    expect(fresh.wireBytes).toBeGreaterThan(noise.length);
    expect(update.wireBytes).toBeLessThan(5000);
    expect(update.deltaBytes).toBeGreaterThan(0);
    const sizes = await stats({ store, image: 'desk' });
    expect(sizes.versions.map(({ version, deltas }) => [version, deltas.length])).toEqual([
      [1, 0],
      [2, 1],
    ]);
    expect(await codes()).toEqual([]);
  });
});

describe('channels', () => {
  it('point to versions that are there, with a counter that grows', async () => {
    const { manifestDigest } = await publish(1, disk(1));
    const latest = await setChannels({ store, signer, image: 'desk', channels: { stable: 1, pilot: 1 } });
    expect(latest).toEqual(
      expect.objectContaining({
        counter: 1,
        channels: { stable: { version: 1, manifest: manifestDigest }, pilot: { version: 1, manifest: manifestDigest } },
      }),
    );
    await expect(setChannels({ store, signer, image: 'desk', channels: { stable: 2 } })).rejects.toEqual(
      code('trim.no-version'),
    );
    expect((await resignLatest({ store, signer, image: 'desk' })).counter).toBe(2);
    expect((await resignLatest({ store, signer, image: 'desk', minimumCounter: 90 })).counter).toBe(90);
    await expect(removeVersion({ store, image: 'desk', version: 1 })).rejects.toEqual(code('trim.in-use'));
  });
});

describe('gc', () => {
  it('removes what only removed versions named, after its time, and nothing else', async () => {
    await publish(1, disk(1, 2, 3));
    await publish(2, disk(2, 4));
    await publish(3, disk(2, 5));
    await removeVersion({ store, image: 'desk', version: 2 });
    expect(await gc({ store })).toEqual({ removed: [], freedBytes: 0, kept: [expect.stringMatching(/^packs\//)] });
    const would = await gc({ store, graceMs: 0, dryRun: true });
    expect(would.removed).toHaveLength(1);
    expect(await gc({ store, graceMs: 0 })).toEqual(would);
    expect(await codes()).toEqual([]);
    expect((await listVersions({ store, image: 'desk' })).map(({ version }) => version)).toEqual([1, 3]);
  });

  it('touches nothing when a manifest cannot be read, for what it named is not known', async () => {
    await publish(1, disk(1));
    await writeFile(join(folder, 'repository', manifestPath('desk', 1)), '{}');
    await expect(gc({ store, graceMs: 0 })).rejects.toEqual(code('trim.format'));
    expect(await readdir(join(folder, 'repository/packs'))).toHaveLength(1);
  });
});

describe('fsck', () => {
  let pack: string;
  const file = (path: string) => join(folder, 'repository', path);
  beforeEach(async () => {
    pack = packPath((await publish(1, disk(1, 2, 3, 4, 5))).manifest.packs[0]?.digest ?? '');
    await setChannels({ store, signer, image: 'desk', channels: { stable: 1 } });
  });

  it('finds a flipped byte in a frame, a cut, and a missing pack', async () => {
    const good = await readFile(file(pack));
    const bad = Buffer.from(good);
    bad[30] = (bad[30] as number) ^ 1;
    await writeFile(file(pack), bad);
    expect(await codes()).toEqual([
      ['fsck.pack-digest', pack],
      ['fsck.frame', pack],
    ]);
    await writeFile(file(pack), good.subarray(0, good.length - 1));
    expect(await codes()).toEqual([
      ['fsck.pack-digest', pack],
      ['fsck.frame', pack],
    ]);
    await rm(file(pack));
    expect(await codes()).toEqual([['fsck.pack-missing', pack]]);
  });

  it('finds a damaged index, manifest, latest.json and root, and files that nobody names', async () => {
    await writeFile(file('images/desk/7.index'), 'left over');
    await writeFile(file('readme.txt'), 'hello');
    expect((await codes()).sort()).toEqual([
      ['fsck.orphan', 'images/desk/7.index'],
      ['fsck.stranger', 'readme.txt'],
    ]);
    await rm(file('images/desk/7.index'));
    await rm(file('readme.txt'));
    await truncate(file(indexPath('desk', 1)), 10);
    expect(await codes()).toEqual([['fsck.index', indexPath('desk', 1)]]);
    await rm(file(manifestPath('desk', 1)));
    expect((await codes()).sort()).toEqual([
      ['fsck.latest', 'images/desk/latest.json'],
      ['fsck.orphan', indexPath('desk', 1)],
      ['fsck.orphan', pack],
    ]);
    await writeFile(file('images/desk/latest.json'), 'x');
    expect(await codes()).toContainEqual(['fsck.latest', 'images/desk/latest.json']);
    await writeFile(file('root.json'), 'x');
    expect(await codes()).toEqual([['fsck.root', 'root.json']]);
  });

  it('finds what has run out', async () => {
    const later = new Date(Date.now() + 11 * 365 * 24 * 3600 * 1000);
    const found = await fsck({ store, workers: 1, now: () => later });
    expect(found.map(({ code }) => code)).toEqual(['fsck.root', 'fsck.latest']);
  });

  it('finds a delta that is not the one that its name says', async () => {
    const noise = Buffer.concat(Array.from({ length: 20 }, (_, i) => createNoise(i)));
    await publish(2, noise);
    const { manifest } = await publish(3, Buffer.concat([Buffer.from('shift'), noise]), { parents: [2] });
    const path = deltaPath(manifest.deltas[0]?.digest ?? '');
    const bytes = await readFile(file(path));
    bytes[12] = (bytes[12] as number) ^ 1;
    await writeFile(file(path), bytes);
    expect(await codes()).toEqual([['fsck.pack-digest', path]]);
  });
});

describe('the root', () => {
  it('stays as it is when a repository is set up twice, and is rotated so that clients can follow', async () => {
    const text = await initRepository({ store, rootSigner: generateSigner().signer, signingKeys: [signer.publicKey] });
    const trust = pinRoot(text);
    expect(trustedRoot(trust).rootKeys).toEqual([signer.publicKey]);
    const { signer: next } = generateSigner();
    const rotated = await rotateRoot({
      store,
      oldSigners: [signer],
      rootSigners: [next],
      signingKeys: [next.publicKey],
    });
    expect(trustedRoot(acceptRoot(trust, rotated)).version).toBe(2);
  });
});

describe('a store', () => {
  it('writes a file once, replaces another, lists both, and keeps within its folder', async () => {
    expect(await store.writeImmutable('packs/a', Buffer.from('1'))).toBe(true);
    expect(await store.writeImmutable('packs/a', Buffer.from('2'))).toBe(false);
    await store.replace('packs/b', Buffer.from('3'));
    await store.replace('packs/b', Buffer.from('45'));
    const listed = [];
    for await (const { path, size } of store.list('packs/')) listed.push([path, size]);
    expect(listed.sort()).toEqual([
      ['packs/a', 1],
      ['packs/b', 2],
    ]);
    expect(Buffer.from(await store.readRange('packs/b', 1, 1)).toString()).toBe('5');
    await expect(store.readRange('packs/b', 1, 2)).rejects.toEqual(code('trim.format'));
    await expect(store.read('packs/b', 1)).rejects.toEqual(code('trim.limits'));
    for (const path of ['../x', '/x', 'a/../../x', '.spool/x', 'a//b', 'a\0b', 'A'])
      await expect(store.replace(path, Buffer.from('x'))).rejects.toEqual(code('trim.name'));
    expect(await store.stat('packs/none')).toBeUndefined();
    await store.remove('packs/a');
    expect(await store.stat('packs/a')).toBeUndefined();
    expect(await readdir(store.spoolFolder)).toEqual([]);
  });
});

/** A block of noise, the same for the same number. */
function createNoise(seed: number): Buffer {
  let x = seed * 2_654_435_761 + 1;
  return Buffer.from(
    Uint8Array.from({ length: 4096 }, () => {
      x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
      return x >>> 24;
    }),
  );
}
