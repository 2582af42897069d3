import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { removeVersion, repack, resignLatest, rotateRoot, setChannels } from '@atelier/adapters/repository';
import { latestPath, packPath } from '@atelier/trim';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, openLab } from '../adapters/trim-client/testing/lab.ts';
import { randomPair } from '../adapters/trim-client/testing/random-pair.ts';
import { changedDisk, sampleDisk, seededRandom } from '../adapters/trim-client/testing/sample-disks.ts';

// A second implementation, in Python, written from the text of protocols/trim/README.md: what it reads, others can read.

const reader = join(import.meta.dirname, 'trim-reader/reader.py');
const run = promisify(execFile);
const random = seededRandom(31);
const first = sampleDisk(random, 400);
const second = changedDisk(random, changedDisk(random, first, 'grown'), 'shifted');
let lab: Lab;

type Told = Readonly<Record<'plain' | 'chained' | 'delta' | 'checked', number>>;
/** Has the reader write `<name>.raw`; gives what it says of its work. */
const read = async (name: string, image: string, version: number | string, args: readonly string[] = []) => {
  const { stdout } = await run(
    '/usr/bin/python3',
    ['-B', reader, lab.repository, join(lab.folder, 'pinned.json'), image, String(version), lab.path(name), ...args],
    { timeout: 60_000 },
  );
  return JSON.parse(stdout) as Told;
};

beforeAll(async () => {
  lab = await openLab();
  await writeFile(join(lab.folder, 'pinned.json'), lab.trust.root);
  await lab.publish(1, first);
  await lab.publish(2, second, { parents: [1], compression: { frameBlocks: 4 } });
  await lab.point(2);
});
afterAll(() => lab.close());

describe('a reader in another language', () => {
  it('decodes a version bit by bit from its plain frames', async () => {
    const { plain, delta, checked } = await read('one', 'desk', 1, ['--packs']);
    expect(Buffer.compare(await lab.disk('one'), first)).toBe(0);
    expect(plain).toBeGreaterThan(0);
    expect(checked).toBe(plain);
    expect(delta).toBe(0);
  });

  it('follows the channel and decodes delta frames against the disk before', async () => {
    const { delta } = await read('two', 'desk', 'stable', ['--old', lab.path('one')]);
    expect(Buffer.compare(await lab.disk('two'), second)).toBe(0);
    expect(delta).toBeGreaterThan(0);
    const fresh = await read('two-plain', 'desk', 2);
    expect(Buffer.compare(await lab.disk('two-plain'), second)).toBe(0);
    expect(fresh).toMatchObject({ delta: 0 });
  });

  it('decodes frames that are compressed against the frames before them', async () => {
    const text = Buffer.alloc(300 * 4096, 'the same words again and again, and a number: ');
    for (let at = 0; at < text.length; at += 512) text.writeUInt32LE(random(2 ** 32), at);
    await lab.publish(1, text, { image: 'chains', compression: { frameBlocks: 4, prefixBlocks: 8 } });
    const { chained, checked } = await read('chains', 'chains', 1, ['--packs']);
    expect(Buffer.compare(await lab.disk('chains'), text)).toBe(0);
    expect(chained).toBeGreaterThan(0);
    expect(checked).toBeGreaterThanOrEqual(chained);
  });

  it.each([1, 2, 3, 4, 5, 6])('decodes random pairs of disks, seed %i', async (seed) => {
    const { old, next, drawn } = randomPair(seed);
    const image = `pair-${seed}`;
    const compression = { frameBlocks: 1 + random(64), leastBlocks: 1, prefixBlocks: random(2) * 128 };
    await lab.publish(1, old, { image, compression });
    await lab.publish(2, next, { image, compression, parents: [1] });
    await read(`${image}-1`, image, 1);
    await read(`${image}-2`, image, 2, ['--old', lab.path(`${image}-1`)]);
    expect(Buffer.compare(await lab.disk(`${image}-1`), old), drawn).toBe(0);
    expect(Buffer.compare(await lab.disk(`${image}-2`), next), drawn).toBe(0);
  });

  it('decodes an encrypted version with its key, by delta too, and nothing without it', async () => {
    const key = randomBytes(32);
    const encryption = { keyId: 'desk-1', key };
    await lab.publish(1, first, { image: 'secret', encryption });
    await lab.publish(2, second, { image: 'secret', encryption, parents: [1] });
    await read('secret-1', 'secret', 1, ['--key', key.toString('hex')]);
    expect(Buffer.compare(await lab.disk('secret-1'), first)).toBe(0);
    const { delta } = await read('secret-2', 'secret', 2, [
      '--key',
      key.toString('hex'),
      '--old',
      lab.path('secret-1'),
    ]);
    expect(Buffer.compare(await lab.disk('secret-2'), second)).toBe(0);
    expect(delta).toBeGreaterThan(0);
    await expect(read('secret-3', 'secret', 1)).rejects.toThrow(/refused: .*key/);
    await expect(read('secret-3', 'secret', 1, ['--key', randomBytes(32).toString('hex')])).rejects.toThrow(/refused/);
  });

  it('finds what lies elsewhere after packs were rewritten, whichever manifest a channel names', async () => {
    const disk = randomBytes(200 * 4096);
    const half = disk.subarray(0, 60 * 4096);
    const image = 'packed';
    await lab.publish(1, disk, { image });
    await lab.publish(2, half, { image });
    const { store, signer } = lab;
    await setChannels({ store, signer, image, channels: { stable: 2 } });
    const before = await readFile(join(lab.repository, latestPath(image)));
    await removeVersion({ store, image, version: 1 });
    expect((await repack({ store, signer, leastLive: 0.9 })).versions.map(({ version }) => version)).toContain(2);
    await read('packed', image, 'stable', ['--packs']);
    expect(Buffer.compare(await lab.disk('packed'), half)).toBe(0);
    await writeFile(join(lab.repository, latestPath(image)), before);
    await read('packed-before', image, 'stable');
    expect(Buffer.compare(await lab.disk('packed-before'), half)).toBe(0);
  });

  it('refuses what our client refuses: a flipped bit in a pack, and a version signed by a stranger', async () => {
    const { manifest } = await lab.publish(1, randomBytes(100_000), { image: 'bad' });
    const path = join(lab.repository, packPath(manifest.packs[0]?.digest ?? ''));
    const pack = await readFile(path);
    await writeFile(path, Buffer.from(pack).fill((pack[20] as number) ^ 1, 20, 21));
    await expect(read('bad', 'bad', 1)).rejects.toThrow(/refused: frame 0/);
    const other = await openLab();
    try {
      await writeFile(join(other.folder, 'theirs.json'), other.trust.root);
      const args = ['-B', reader, lab.repository, join(other.folder, 'theirs.json'), 'desk', '1', other.path('x')];
      await expect(run('/usr/bin/python3', args)).rejects.toThrow(
        /refused: manifest|refused: the manifest|refused: root/,
      );
    } finally {
      await other.close();
    }
    expect(await readdir(lab.folder)).not.toContain('bad.raw');
  });

  it('walks over a rotated root', async () => {
    await rotateRoot({
      store: lab.store,
      oldSigners: [lab.signer],
      rootSigners: [lab.signer],
      signingKeys: [lab.signer.publicKey],
    });
    await resignLatest({ store: lab.store, signer: lab.signer, image: 'desk' });
    await read('rotated', 'desk', 'stable');
    expect(Buffer.compare(await lab.disk('rotated'), second)).toBe(0);
  });
});
