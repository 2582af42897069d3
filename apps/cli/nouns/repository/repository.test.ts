import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import {
  fileSystemStore,
  initRepository,
  publishVersion,
  removeVersion,
  setChannels,
} from '@atelier/adapters/repository';
import { generateSigner } from '@atelier/trim';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Invocation } from '../../command/invocation.ts';
import type { Verb } from '../../command/verb.ts';
import { imageNoun } from '../image/index.ts';
import { repositoryNoun } from './index.ts';

// The tools on the files themselves: no server, no daemon.

let folder: string;
let repository: string;
const key = randomBytes(32);
const parts = Array.from({ length: 6 }, () => randomBytes(64 * 4096));
const disk = (...places: number[]) => Buffer.concat(places.map((place) => parts[place] as Buffer));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-repository-'));
  repository = join(folder, 'repository');
  const store = await fileSystemStore(repository);
  const { signer, privateKeyPem } = generateSigner();
  await writeFile(join(folder, 'signing.pem'), privateKeyPem);
  await initRepository({ store, rootSigner: signer, signingKeys: [signer.publicKey] });
  const source = join(folder, 'disk');
  const publish = async (image: string, version: number, bytes: Buffer, encrypted = false) => {
    await writeFile(source, bytes);
    const encryption = encrypted ? { keyId: 'k1-00', key } : undefined;
    await publishVersion({
      store,
      signer,
      image,
      version,
      source,
      workers: 1,
      encryption,
      compression: { frameBlocks: 64 },
    });
    await setChannels({ store, signer, image, channels: { stable: version } });
  };
  await publish('desk', 1, disk(0, 1, 2, 3, 4));
  await publish('desk', 2, disk(0, 5));
  await publish('vault', 1, disk(1), true);
  await mkdir(join(folder, 'keys/vault'), { recursive: true });
  await writeFile(join(folder, 'keys/vault/k1-00'), key.toString('base64'));
  await mkdir(join(folder, 'host'));
  await writeFile(join(folder, 'host/file'), disk(5));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const verbOf = (noun: typeof imageNoun, name: string) => noun.verbs.find((one) => one.name === name) as Verb;

/** What a verb gives, told to work on the folder. */
async function run(verb: Verb, args: Record<string, string>, options: Record<string, unknown> = {}) {
  const terminal = { out: new PassThrough(), err: new PassThrough(), errIsTerminal: false, columns: 80 };
  const call = {
    args,
    options,
    common: { quiet: true, dryRun: false, wait: true },
    terminal,
    signal: new AbortController().signal,
  } as unknown as Invocation;
  const output = await verb.run(call);
  if (output?.kind === 'item' || output?.kind === 'done') return output.item as Record<string, never>;
  return output?.kind === 'list' ? output.items : undefined;
}
const tool = (name: string, options: Record<string, unknown> = {}) =>
  run(verbOf(repositoryNoun, name), { image: 'desk' }, { repository, ...options });

it('plans a transfer from versions, from nothing and from files of this computer', async () => {
  const plan = (from: string[], image = 'desk@2') =>
    run(verbOf(imageNoun, 'plan'), { image }, { repository, from, link: 8, roundTrip: 0 });
  const block = 64 * 4096;
  expect(await plan(['1'])).toMatchObject({ bySource: { previous: block, network: block }, from: [1], to: 2 });
  const fresh = (await plan(['empty'], 'desk')) as unknown as { wireBytes: number; seconds: number };
  expect(fresh).toMatchObject({ bySource: { previous: 0, network: 2 * block }, deltaFrames: 0 });
  expect(fresh.seconds).toBeCloseTo(fresh.wireBytes / 1e6, 1);
  const host = [`host:${join(folder, 'host')}`];
  expect(await plan(['1', ...host])).toMatchObject({ bySource: { previous: block, host: block, network: 0 } });
  await expect(plan(['yesterday'])).rejects.toThrow('--from takes');
  await expect(plan([], 'vault')).rejects.toThrow('trim.key-missing');
});

it('says what versions cost', async () => {
  const rows = (await tool('stats')) as unknown as { costs: { from: number | null; wireBytes: number }[] }[];
  expect(rows.map(({ costs }) => costs.map(({ from }) => from))).toEqual([[null], [null, 1]]);
  expect(rows[1]?.costs[1]?.wireBytes).toBeLessThan((rows[1]?.costs[0]?.wireBytes as number) * 0.6);
});

it('mirrors, finds damage, and repairs it from the mirror', async () => {
  const copy = join(folder, 'copy');
  await run(verbOf(repositoryNoun, 'mirror'), { source: repository, folder: copy });
  expect(await tool('fsck', { keys: join(folder, 'keys') })).toMatchObject({ findings: [] });
  const [pack] = await readdir(join(repository, 'packs'));
  const path = join(repository, 'packs', pack as string);
  const good = await readFile(path);
  await writeFile(path, good.subarray(0, 1000));
  await rm(join(repository, 'images/desk/2.index'));
  await expect(tool('fsck')).rejects.toMatchObject({ exitCode: 1, text: { title: 'the repository is damaged' } });
  expect(await tool('fsck', { repair: copy })).toMatchObject({ findings: [], repaired: { length: 2 } });
  expect(Buffer.compare(await readFile(path), good)).toBe(0);
  await expect(tool('fsck', { repository: folder })).rejects.toThrow('holds no repository');
});

it('rewrites what is mostly waste and cleans up', async () => {
  await removeVersion({ store: await fileSystemStore(repository), image: 'desk', version: 1 });
  expect(await tool('repack', { dryRun: true })).toMatchObject({ packs: { length: 1 }, withoutKey: ['vault'] });
  await expect(tool('repack')).rejects.toThrow('--signing-key');
  const signingKey = join(folder, 'signing.pem');
  expect(await tool('repack', { signingKey, rate: 0 })).toMatchObject({ versions: [{ image: 'desk', version: 2 }] });
  expect(await tool('gc')).toMatchObject({ removed: [] });
  const { freedBytes } = (await tool('gc', { grace: 0 })) as unknown as { freedBytes: number };
  expect(freedBytes).toBeGreaterThan(4 * 64 * 4096);
  expect(await tool('fsck', { keys: join(folder, 'keys') })).toMatchObject({ findings: [] });
});
