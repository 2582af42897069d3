import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readLocalIndex } from '@atelier/adapters/trim-client';
import { requireStartable, zstdBomb } from '@atelier/adapters/trim-client/testing';
import { generateSigner, openManifest, sealManifest, sealRoot, trustedRoot } from '@atelier/trim';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type ClientBench, openClientBench } from './testing/client-bench.ts';
import { untilWorkspace } from './testing/local-client.ts';
import { testWorkspace } from './testing/test-workspace.ts';

// Attacks on a repository as a person would meet them: version 2 is wanted and cannot be had; version 1 is listed and starts.

const stranger = generateSigner().signer;
let bench: ClientBench;
let oldDisk: string;
let oldRoot: string;

beforeAll(async () => {
  bench = await openClientBench(2);
  await bench.enrol();
  await bench.act('start');
  await until((one) => one.state === 'running' && one.version === 1);
  await bench.act('stop');
  await until((one) => one.state === 'ready');
  oldDisk = join(bench.stateDir, 'images/debian-lab/1.raw');
  oldRoot = (await readLocalIndex(`${oldDisk}.index`)).manifest.root;
  bench.server.workspaces = [testWorkspace({ version: 2 })];
  await bench.local.refresh();
}, 60_000);
beforeEach(async () => {
  const kept = join(bench.folder, 'kept');
  await cp(file(''), kept, { recursive: true });
  return async () => {
    await rm(file(''), { recursive: true });
    await cp(kept, file(''), { recursive: true });
    await rm(kept, { recursive: true });
  };
});
afterAll(() => bench?.close());

const until = (check: Parameters<typeof untilWorkspace>[2]) => untilWorkspace(bench.local, 'lab', check);
const file = (path: string) => join(bench.folder, 'repository', path);
const image = (name: string) => file(`images/debian-lab/${name}`);
const change = async (path: string, how: (bytes: Buffer) => Uint8Array) =>
  writeFile(path, how(Buffer.from(await readFile(path))));
const changePacks = async (how: (bytes: Buffer) => Uint8Array) => {
  for (const folder of ['packs', 'deltas'])
    for (const name of await readdir(file(folder)).catch(() => [])) await change(file(`${folder}/${name}`), how);
};
const pinned = async () => trustedRoot({ root: await readFile(file('roots/1.json'), 'utf8'), seen: {} });
const manifest = async () => openManifest(await readFile(image('2.manifest.json')), await pinned(), 'debian-lab', 2);

const attacks: Record<string, () => Promise<unknown>> = {
  'packs are corrupt': () => changePacks((bytes) => bytes.map((byte, at) => (at % 97 === 0 ? byte ^ 1 : byte))),
  'packs are swapped for others': () => changePacks((bytes) => bytes.reverse()),
  'frames are decompression bombs': () =>
    changePacks((bytes) =>
      Buffer.concat([bytes.subarray(0, 8), zstdBomb(2 ** 30, 4096), bytes]).subarray(0, bytes.length),
    ),
  'the index is swapped': () => cp(image('1.index'), image('2.index')),
  'the index is a decompression bomb': () => writeFile(image('2.index'), zstdBomb(2 ** 30, 2 ** 30)),
  'the manifest is that of an earlier version': () => cp(image('1.manifest.json'), image('2.manifest.json')),
  'the manifest has no signature': () =>
    change(image('2.manifest.json'), (bytes) =>
      Buffer.from(JSON.stringify({ ...JSON.parse(String(bytes)), signatures: [] })),
    ),
  'the manifest is signed by a stranger': async () =>
    writeFile(image('2.manifest.json'), await sealManifest(await manifest(), [stranger])),
  'the root is forged': async () => {
    const forged = {
      ...(await pinned()),
      version: 2,
      rootKeys: [stranger.publicKey],
      signingKeys: [stranger.publicKey],
    };
    for (const path of ['root.json', 'roots/2.json']) await writeFile(file(path), await sealRoot(forged, [stranger]));
  },
};

it.each(Object.keys(attacks))('when %s, version 1 is still there and starts', { timeout: 60_000 }, async (what) => {
  await attacks[what]?.();
  await bench.act('fetch');
  const failed = await until((one) => one.transfer?.state === 'failed');
  expect(failed).toMatchObject({ state: 'ready', version: 1, stagedVersion: null });
  expect(failed.error?.code).toMatch(/^trim\./);
  await requireStartable(oldDisk, oldRoot);
  await bench.act('start');
  expect(await until((one) => one.state === 'running')).toMatchObject({ version: 1 });
  await bench.act('stop');
  await until((one) => one.state === 'ready');
});

it('and once the repository is right again, version 2 comes over', { timeout: 60_000 }, async () => {
  await bench.act('fetch');
  await until((one) => one.stagedVersion === 2);
});
