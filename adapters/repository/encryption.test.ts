import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { frameDigest, generateSigner, type Signer } from '@atelier/trim';
import { beforeEach, expect, it } from 'vitest';
import { fileSystemStore } from './file-system-store.ts';
import { forecast } from './forecast.ts';
import { fsck } from './fsck.ts';
import { initRepository } from './init-repository.ts';
import { publishVersion } from './publish-version.ts';
import { readIndex, readManifest, readRoot } from './read-repository.ts';
import type { RepositoryStore } from './repository-store.ts';

let folder: string;
let store: RepositoryStore;
let signer: Signer;
const first = { keyId: 'desk-1', key: randomBytes(32) };
const second = { keyId: 'desk-2', key: randomBytes(32) };
const keys = async (_: string, keyId: string) => [first, second].find((one) => one.keyId === keyId)?.key;
const disk = Buffer.concat(
  Array.from({ length: 64 }, (_, i) => (i % 4 === 0 ? randomBytes(4096) : Buffer.alloc(4096, `file ${i} `))),
);
const changed = Buffer.concat([Buffer.from('shifted'), disk]).subarray(0, disk.length);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'encryption-'));
  store = await fileSystemStore(join(folder, 'repository'));
  ({ signer } = generateSigner());
  await initRepository({ store, rootSigner: signer, signingKeys: [signer.publicKey] });
  return () => rm(folder, { recursive: true, force: true });
});

async function publish(version: number, bytes: Buffer, encryption = first, parents: readonly number[] = []) {
  const source = join(folder, 'disk');
  await writeFile(source, bytes);
  return publishVersion({ store, signer, image: 'desk', version, source, workers: 1, encryption, parents });
}

/** Every file of the repository in one. */
async function everything(): Promise<Buffer> {
  const names = await readdir(join(folder, 'repository'), { recursive: true, withFileTypes: true });
  return Buffer.concat(
    await Promise.all(names.filter((one) => one.isFile()).map((one) => readFile(join(one.parentPath, one.name)))),
  );
}

it('leaves nothing in the repository that confirms a block, a frame or a file', async () => {
  await publish(1, disk);
  await publish(2, changed, first, [1]);
  const { manifest } = await readManifest(store, await readRoot(store), 'desk', 2);
  expect(manifest.deltas.length).toBe(1);
  const leaked = await everything();
  const index = await readIndex(store, manifest, first.key);
  for (let f = 0; f < index.frames.count; f++)
    expect(leaked.indexOf(index.frames.digests.subarray(f * 32, f * 32 + 32))).toBe(-1);
  for (const bytes of [disk, changed])
    for (let at = 0; at < bytes.length; at += 4096) {
      const block = bytes.subarray(at, at + 4096);
      const hash = createHash('sha256').update(block).digest();
      expect(leaked.indexOf(hash.subarray(0, 8))).toBe(-1);
      expect(leaked.indexOf(hash.subarray(8))).toBe(-1);
      expect(leaked.indexOf(block.subarray(0, 64))).toBe(-1);
      expect(leaked.indexOf(frameDigest(hash))).toBe(-1);
    }
  for (const magic of ['TRIMIDX1', 'TRIMDTB1', first.key.toString('latin1')])
    expect(leaked.indexOf(Buffer.from(magic, 'latin1'))).toBe(-1);
});

it('is verified wholly with the keys, and in name and form without', async () => {
  await publish(1, disk);
  await publish(2, changed, first, [1]);
  expect(await fsck({ store, workers: 1 })).toEqual([]);
  expect(await fsck({ store, keys, workers: 1 })).toEqual([]);
  const wrong = async () => randomBytes(32);
  expect((await fsck({ store, keys: wrong, workers: 1 })).map(({ code }) => code)).toContain('fsck.frame');
  const pack = (await readdir(join(folder, 'repository/packs')))[0] as string;
  const path = join(folder, 'repository/packs', pack);
  const bytes = await readFile(path);
  bytes[100] = (bytes[100] as number) ^ 1;
  await writeFile(path, bytes);
  expect((await fsck({ store, workers: 1 })).map(({ code }) => code)).toEqual(['fsck.pack-digest']);
});

it('shares blocks and makes deltas within one key only, and old versions stay readable after a rotation', async () => {
  await publish(1, disk);
  const { manifest } = await publish(2, disk, second, [1]);
  expect(manifest.blocks.added).toBe(manifest.blocks.distinct);
  expect([manifest.deltas, manifest.parents]).toEqual([[], []]);
  const third = await publish(3, changed, second, [2]);
  expect([third.deltas.length, third.manifest.parents]).toEqual([1, [2]]);
  expect(await fsck({ store, keys, workers: 1 })).toEqual([]);
  expect((await forecast({ store, image: 'desk', from: [2], to: 3, keys })).deltaBytes).toBeGreaterThan(0);
  // a client that has the old version has its blocks: whatever the key, they need not be fetched again
  expect((await forecast({ store, image: 'desk', from: [1], to: 2, keys })).bySource.network).toBe(0);
  await expect(forecast({ store, image: 'desk', from: [], to: 3 })).rejects.toEqual(
    expect.objectContaining({ code: 'trim.key-missing' }),
  );
});
