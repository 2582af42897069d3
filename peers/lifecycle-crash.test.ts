import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestDatabase, testDatabase } from '@atelier/adapters/postgres/testing';
import { fileSystemStore, fsck } from '@atelier/adapters/repository';
import { fetchVersion } from '@atelier/adapters/trim-client';
import { type Client, createClient } from '@atelier/api';
import { pinRoot } from '@atelier/trim';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { diskFolder, noise } from './lifecycle/disks.ts';
import { freePort, killableServer, type Running } from './lifecycle/killable-server.ts';
import { setUpOwner, signIn, until } from './lifecycle/running-server.ts';
import { httpsTransport } from './lifecycle/transport.ts';

// The server is killed with SIGKILL at moments of chance while it takes a disk, packs it, pushes it and moves a channel.
// What it had acknowledged must be there afterwards, and nothing may stay half done.

let database: TestDatabase;
let stateDir: string;
let disks: Awaited<ReturnType<typeof diskFolder>>;
let port: number;
let server: Running;
let secret: string;
let api: Client;

const restart = async () => {
  server = await killableServer(stateDir, database.url, port);
  api = createClient(httpsTransport(server.url, { ca: server.ca, secret }));
};

beforeAll(async () => {
  [database, disks, port] = await Promise.all([testDatabase(), diskFolder(), freePort()]);
  stateDir = await mkdtemp(join(tmpdir(), 'atelier-crash-'));
  server = await killableServer(stateDir, database.url, port);
  await setUpOwner(server.url, server.ca, server.setupLink!);
  secret = await signIn(server.url, server.ca, 'owner');
  api = createClient(httpsTransport(server.url, { ca: server.ca, secret }));
  await api.images.create({ body: { name: 'lab' } });
});
afterAll(async () => {
  await server?.kill();
  await database?.close();
  await disks?.remove();
  if (stateDir) await rm(stateDir, { recursive: true, force: true });
});

const at = (number: number) => ({ params: { name: 'lab', number } });
const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Does `work`, and kills the server `ms` later, whatever the work has come to by then. */
async function killedAfter(ms: number, work: () => Promise<unknown>): Promise<void> {
  const outcome = work().catch(() => {});
  await later(ms);
  await server.kill();
  await outcome;
  await restart();
}

/** The next version from `path`; the server dies `kills` times on the way. */
async function bring(number: number, path: string, kills: readonly number[]): Promise<void> {
  const { size } = await stat(path);
  await api.images.createVersion({ params: { name: 'lab' }, body: { format: 'qcow2', sizeBytes: size } });
  let acknowledged = 0;
  for (const ms of kills) {
    const offset = (await api.images.getVersion(at(number))).receivedBytes;
    expect(offset).toBeGreaterThanOrEqual(acknowledged);
    acknowledged = offset;
    if (offset === size) break;
    const rest = () => createReadStream(path, { start: offset, highWaterMark: 16 * 1024 });
    await killedAfter(ms, () => api.images.upload({ ...at(number), query: { offset } }, { content: rest() }));
  }
  const { receivedBytes: offset } = await api.images.getVersion(at(number));
  if (offset < size)
    await api.images.upload(
      { ...at(number), query: { offset } },
      { content: createReadStream(path, { start: offset }) },
    );
  for (const [verb, goal] of [
    ['pack', 'packed'],
    ['push', 'available'],
  ] as const) {
    await api.images[verb](at(number));
    for (const ms of kills.slice(0, 2)) await killedAfter(ms, async () => {});
    // The lease of the dead server has to end first: half a minute.
    await until(async () => {
      const { state, error } = await api.images.getVersion(at(number));
      if (state === 'failed') throw new Error(`version ${number} failed: ${error}`);
      return state === goal;
    }, 150_000);
  }
}

it('finishes what it began, loses nothing that it acknowledged, and leaves a sound repository', async () => {
  const shared = noise(12_000_000);
  const raws = [await disks.raw('one', { version: '1', shared }), await disks.raw('two', { version: '2', shared })];
  const chance = () => Math.floor(Math.random() * 400);
  for (const [place, raw] of raws.entries()) {
    const number = place + 1;
    const kills = Array.from({ length: 3 }, chance);
    await bring(number, disks.convert(raw, 'qcow2'), kills);
    await killedAfter(Math.floor(Math.random() * 60), () =>
      api.images.promote({ params: { name: 'lab', channel: 'stable' }, body: { version: number } }),
    );
    await api.images.promote({ params: { name: 'lab', channel: 'stable' }, body: { version: number } });
    const findings = await fsck({ store: await fileSystemStore(join(stateDir, 'repository')) });
    expect(findings.filter((one) => one.severity === 'error')).toEqual([]);
  }

  const target = join(disks.folder, 'fetched');
  const root = await readFile(join(stateDir, 'repository', 'root.json'), 'utf8');
  const partialDir = await mkdtemp(join(disks.folder, 'partial-'));
  const fetched = await fetchVersion({
    repository: {
      baseUrls: [`${server.url}/repository/`],
      headers: async () => ({ authorization: `Bearer ${secret}` }),
      tls: { ca: server.ca },
    },
    trust: pinRoot(root),
    image: 'lab',
    want: { channel: 'stable' },
    target,
    sources: { previous: [], partialDir },
  });
  expect(fetched.version).toBe(2);
  const sha256 = async (path: string) =>
    createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  expect(await sha256(target)).toBe(await sha256(raws[1]!));

  // Each step of each version stands in the audit log once, and the chain is whole.
  const { items } = await api.audit.list({ query: { limit: 200 } });
  const steps = items.filter((one) => one.object.name === 'lab/2').map((one) => one.verb.split('.')[1]);
  expect(steps.toSorted()).toEqual(['create', 'pack', 'packed', 'push', 'uploaded']);
  expect(await api.audit.verify()).toMatchObject({ ok: true });
}, 600_000);
