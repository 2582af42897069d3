import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSigner, type Signer } from '@atelier/trim';
import { beforeEach, describe, expect, it } from 'vitest';
import { fileSystemStore } from './file-system-store.ts';
import { forecast } from './forecast.ts';
import { fsck } from './fsck.ts';
import { gc } from './gc.ts';
import { initRepository } from './init-repository.ts';
import type { PublishRequest } from './publish-types.ts';
import { publishVersion } from './publish-version.ts';
import { readLatest, readManifest, readRoot } from './read-repository.ts';
import { removeVersion } from './remove-version.ts';
import { repack } from './repack.ts';
import type { RepositoryStore } from './repository-store.ts';
import { setChannels } from './set-channels.ts';
import { mortal } from './testing/mortal-store.ts';

let folder: string;
let store: RepositoryStore;
let signer: Signer;
const image = 'desk';
const encryption = { keyId: 'desk-1', key: randomBytes(32) };
const keys = async () => encryption.key;
const parts = Array.from({ length: 10 }, () => randomBytes(16 * 4096));
const disk = (...places: readonly number[]) => Buffer.concat(places.map((place) => parts[place] as Buffer));
const errors = async (where: RepositoryStore) =>
  (await fsck({ store: where, keys, workers: 1 })).filter(({ severity }) => severity === 'error');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'repack-'));
  store = await fileSystemStore(join(folder, 'repository'));
  ({ signer } = generateSigner());
  await initRepository({ store, rootSigner: signer, signingKeys: [signer.publicKey] });
  return () => rm(folder, { recursive: true, force: true });
});

async function publish(version: number, bytes: Buffer, over: Partial<PublishRequest> = {}) {
  const source = join(folder, 'disk');
  await writeFile(source, bytes);
  const compression = { frameBlocks: 8 };
  return publishVersion({ store, signer, image, version, source, workers: 1, compression, ...over });
}

/** Versions 2 and 3, with a delta between them, that need a fifth of the pack that version 1 has left. */
async function wasteful(over: Partial<PublishRequest> = {}) {
  await publish(1, disk(0, 1, 2, 3, 4, 5, 6, 7, 8, 9), over);
  await publish(2, disk(8, 3), over);
  const shifted = Buffer.concat([Buffer.from('shifted by a little'), disk(3), disk(8)]).subarray(0, 32 * 4096);
  const { deltas } = await publish(3, Buffer.concat([disk(8), shifted]), { ...over, parents: [2] });
  await setChannels({ store, signer, image, channels: { stable: 2, pilot: 3 } });
  await removeVersion({ store, image, version: 1 });
  expect(deltas).toHaveLength(1);
}

const size = async () => {
  let bytes = 0;
  for await (const entry of store.list('packs/')) bytes += entry.size;
  return bytes;
};

describe.each([
  ['plain', {}],
  ['encrypted', { encryption }],
])('repacking what is %s', (_, over) => {
  it('keeps versions, deltas and forecasts as they are, and frees what nobody needs when its time is over', async () => {
    await wasteful(over);
    const before = [await forecast({ store, image, from: [2], to: 3, keys }), await size()] as const;
    const root = await readRoot(store);
    const merkle = (await readManifest(store, root, image, 3)).manifest.root;
    expect((await repack({ store, signer, keys, dryRun: true })).packs).toHaveLength(1);
    const { packs, versions } = await repack({ store, signer, keys });
    expect([packs.length, versions.map(({ version }) => version)]).toEqual([1, [2, 3]]);
    expect(await fsck({ store, keys, workers: 1 })).toEqual([]);
    // the old pack is there for those who read it, until its time is over
    expect((await gc({ store, graceMs: 0 })).removed).toEqual([]);
    const { removed } = await gc({ store, graceMs: 0, keptMs: 0 });
    expect(removed.map((path) => path.replace(/[0-9a-f]{64}/, 'DIGEST')).sort()).toEqual([
      'images/desk/2.DIGEST.manifest.json',
      'images/desk/2.index',
      'images/desk/3.DIGEST.manifest.json',
      'images/desk/3.index',
      'packs/DIGEST.pack',
    ]);
    expect(await size()).toBeLessThan(before[1] * 0.5);
    expect(await fsck({ store, keys, workers: 1 })).toEqual([]);
    expect((await readManifest(store, root, image, 3)).manifest.root).toBe(merkle);
    const after = await forecast({ store, image, from: [2], to: 3, keys });
    expect([after.bySource, after.deltaBytes]).toEqual([before[0].bySource, before[0].deltaBytes]);
    expect((await repack({ store, signer, keys })).packs).toEqual([]);
    // what comes next is searched for in the new packs
    expect((await publish(4, disk(3, 8), over)).manifest.blocks.added).toBe(0);
    expect(await errors(store)).toEqual([]);
  });
});

it('is valid after a crash at every write, and ends at the next call what was begun', async () => {
  await wasteful();
  const origin = join(folder, 'repository');
  for (let fatal = 0; ; fatal++) {
    const path = join(folder, `crash-${fatal}`);
    await cp(origin, path, { recursive: true });
    const inner = await fileSystemStore(path);
    const whole = await repack({ store: mortal(inner, fatal), signer }).then(
      () => true,
      () => false,
    );
    if (whole) {
      expect(fatal).toBe(8);
      break;
    }
    expect(await errors(inner), `after write ${fatal}`).toEqual([]);
    await repack({ store: inner, signer });
    const latest = await readLatest({ store: inner, image });
    const root = await readRoot(inner);
    for (const { version, manifest } of Object.values(latest?.channels ?? {}))
      expect((await readManifest(inner, root, image, version)).digest).toBe(manifest);
    await gc({ store: inner, graceMs: 0, keptMs: 0 });
    expect(await fsck({ store: inner, workers: 1 }), `after write ${fatal}`).toEqual([]);
    expect(await readdir(join(path, 'packs'))).toHaveLength(2);
    await rm(path, { recursive: true });
  }
});

it('leaves images alone whose key it has not, and refuses to give damage a new name', async () => {
  await wasteful({ encryption });
  expect(await repack({ store, signer })).toEqual({ packs: [], versions: [], savedBytes: 0, withoutKey: [image] });
  const [waste] = (await repack({ store, signer, keys, dryRun: true })).packs;
  const path = `packs/${waste?.digest}.pack`;
  const bytes = Buffer.from((await store.read(path, 1e8)) as Uint8Array);
  bytes[5000] = (bytes[5000] as number) ^ 1;
  await store.replace(path, bytes);
  await expect(repack({ store, signer, keys })).rejects.toEqual(expect.objectContaining({ code: 'trim.pack-digest' }));
});
