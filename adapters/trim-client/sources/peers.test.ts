import { readdir, readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { FetchRequest, FetchResult, PeerAccess } from '../fetch-types.ts';
import { type TestTls, testAuthority } from '../testing/authority.ts';
import { type Lab, openLab } from '../testing/lab.ts';
import { sampleDisk, seededRandom } from '../testing/sample-disks.ts';
import { PackCache } from './pack-cache.ts';
import { type PeerServer, servePeers } from './serve-peers.ts';
import { openSiteCache } from './site-cache.ts';

const [anna, bert, carla] = ['01HANNA', '01HBERT', '01HCARLA'] as const;
let tls: Record<string, TestTls>;
let stranger: TestTls;
beforeAll(async () => {
  const issue = await testAuthority();
  tls = { [anna]: await issue(anna), [bert]: await issue(bert), [carla]: await issue(carla) };
  stranger = await (await testAuthority())(bert);
});

const first = sampleDisk(seededRandom(1), 700);
let lab: Lab;
let cache: PackCache;
let stops: (() => unknown)[];
beforeEach(async () => {
  lab = await openLab();
  await lab.publish(1, first);
  cache = await PackCache.open(join(lab.folder, 'cache'), 64 * 2 ** 20);
  stops = [() => lab.close()];
});
afterEach(async () => {
  for (const stop of stops.reverse()) await stop();
});

const isPack = (path: string) => path.startsWith('packs/');
const packsAsked = () => lab.server.seen.filter(({ path }) => isPack(path)).length;

async function serve(over: Partial<Parameters<typeof servePeers>[0]> = {}): Promise<PeerServer> {
  const server = await servePeers({
    cache,
    tls: tls[anna] as TestTls,
    host: '127.0.0.1',
    port: 0,
    mayRead: (id, pass) => id !== carla && pass === 'the-pass',
    open: () => true,
    ...over,
  });
  stops.push(() => server.close());
  return server;
}
const peer = ({ port }: PeerServer, over: Partial<PeerAccess> = {}): PeerAccess => ({
  url: `https://127.0.0.1:${port}/`,
  endpointId: anna,
  tls: tls[bert] as TestTls,
  pass: 'the-pass',
  ...over,
});

/** Anna fetches version 1 from the repository and keeps it for others. */
const annaHasIt = () => lab.fetch('anna', { version: 1 }, [], { cache, ...own('anna') });
const own = (name: string, peers: readonly PeerAccess[] = []): Partial<FetchRequest> => ({
  sources: { previous: [], partialDir: join(lab.folder, `partial-${name}`), peers },
});
async function bertFetches(peers: readonly PeerAccess[], over: Partial<FetchRequest> = {}): Promise<FetchResult> {
  const result = await lab.fetch('bert', { version: 1 }, [], { ...own('bert', peers), ...over });
  expect(Buffer.compare(await lab.disk('bert'), first)).toBe(0);
  return result;
}

it('gives another endpoint all packs, so that the repository gives none', async () => {
  await annaHasIt();
  const before = packsAsked();
  const { bySource, wireBytes } = await bertFetches([peer(await serve())]);
  expect(packsAsked()).toBe(before);
  expect(bySource).toMatchObject({ network: 0, media: 0 });
  expect(bySource.peer).toBeGreaterThan(first.length / 2);
  // root and manifest only: what is new, the repository alone says
  expect(wireBytes).toBeLessThan(10_000);
});

it('gives what it has, and the repository the rest', async () => {
  await annaHasIt();
  const [pack] = (await readdir(join(lab.folder, 'cache', 'packs'))).map((name) =>
    join(lab.folder, 'cache', 'packs', name),
  );
  // the disk lost its end: the extent no longer has its sha256, and is not given away
  for (const name of await readdir(pack as string))
    if (name.startsWith('8-')) await writeFile(join(pack as string, name), 'damaged');
  const { bySource } = await bertFetches([peer(await serve())]);
  expect(bySource.network).toBeGreaterThan(0);
});

it('that lies is left out at once, and told of', async () => {
  await annaHasIt();
  const liar: Pick<PackCache, 'held' | 'read'> = {
    held: (...what) => cache.held(...what),
    read: async function* (...what) {
      for await (const part of cache.read(...what)) yield part.map((byte) => byte ^ 0x5a);
    },
  };
  const lying = await serve({ cache: liar });
  const banned: string[] = [];
  const onBanned: FetchRequest['onBanned'] = ({ kind, name }, why) => banned.push(`${kind} ${name} ${why}`);
  const keeps = await PackCache.open(join(lab.folder, 'cache-of-bert'), 64 * 2 ** 20);
  const { bySource } = await bertFetches([peer(lying)], { onBanned, cache: keeps });
  expect(bySource.peer).toBe(0);
  expect(bySource.network).toBeGreaterThan(0);
  expect(banned).toHaveLength(1);
  expect(banned[0]).toContain(`peer https://127.0.0.1:${lying.port}`);
  // nothing of what was wrong is passed on: what bert keeps is what the repository has
  const pack = `packs/${await onlyPack()}.pack`;
  const parts: Uint8Array[] = [];
  for await (const part of keeps.read(pack, 8, 1e9)) parts.push(part);
  const kept = Buffer.concat(parts);
  expect(kept.length).toBeGreaterThan(100_000);
  expect(Buffer.compare(kept, (await packBytes()).subarray(8, 8 + kept.length))).toBe(0);
});

const onlyPack = async () => (await readdir(join(lab.repository, 'packs')))[0]?.slice(0, 64) as string;
const packBytes = async () => readFile(join(lab.repository, 'packs', `${await onlyPack()}.pack`));

it.each([
  ['has the certificate of another endpoint than was said', { endpointId: carla }, {}],
  ['does not know our pass', { pass: 'another' }, {}],
  ['has closed for now', {}, { open: () => false }],
  ['has gone', { url: 'https://127.0.0.1:9/' }, {}],
])('that %s gives nothing, and the transfer goes on without it', async (_, access, server) => {
  await annaHasIt();
  const { bySource } = await bertFetches([peer(await serve(server), access)]);
  expect(bySource).toMatchObject({ peer: 0 });
});

it('lets in nobody of another authority, nobody who may not read, and nothing but packs, deltas and indexes', async () => {
  await annaHasIt();
  const { port } = await serve();
  const ask = (path: string, who: TestTls, range = 'bytes=8-20') =>
    new Promise<number | string>((resolve) => {
      const sent = request(
        `https://127.0.0.1:${port}/repository/${path}`,
        {
          ...who,
          ca: (tls[anna] as TestTls).ca,
          agent: false,
          checkServerIdentity: () => undefined,
          headers: { range, authorization: 'Bearer the-pass' },
        },
        (response) => resolve(response.resume().statusCode ?? 0),
      );
      sent.on('error', ({ message }) => resolve(message));
      sent.end();
    });
  const pack = `packs/${await onlyPack()}.pack`;
  expect(await ask(pack, tls[bert] as TestTls)).toBe(206);
  expect(await ask(pack, tls[carla] as TestTls)).toBe(403);
  expect(await ask(pack, stranger)).toMatch(/alert|ECONNRESET|hang up/);
  for (const path of ['root.json', 'images/desk/latest.json', '../cache/x', 'packs/%2e%2e/x', `${pack}/x`])
    expect(await ask(path, tls[bert] as TestTls), path).toBe(404);
  expect(await ask(pack, tls[bert] as TestTls, 'bytes=20-8')).toBe(404);
  expect(await ask(pack, tls[bert] as TestTls, 'bytes=99999999-100000000')).toBe(404);
});

it('as a site cache fetches once for all, and drops a pack that is not what its name says', async () => {
  const damaged: string[] = [];
  const signal = new AbortController().signal;
  const pull = openSiteCache({
    cache,
    access: { baseUrls: [lab.server.url], attempts: 2 },
    speeds: new Map(),
    onDamaged: (path) => damaged.push(path),
    signal,
  });
  stops.push(() => pull.close());
  const server = await serve({ pull });
  const { bySource } = await bertFetches([peer(server)]);
  expect(bySource.network).toBe(0);
  const asked = packsAsked();
  expect(asked).toBeGreaterThan(0);
  await lab.fetch('carla', { version: 1 }, [], own('carla', [peer(server)]));
  expect(packsAsked()).toBe(asked);

  const pack = `packs/${await onlyPack()}.pack`;
  const { length } = await packBytes();
  await cache.clear();
  const content = await packBytes();
  content[length - 100] = (content[length - 100] as number) ^ 1;
  await writeFile(join(lab.repository, pack), content);
  for (let at = 0; at < length; at += cache.held(pack, at, length) || 1)
    await pull.pull(pack, at, length).catch(() => undefined);
  await expect.poll(() => damaged).toEqual([pack]);
  expect(cache.held(pack, 0, 1)).toBe(0);
});
