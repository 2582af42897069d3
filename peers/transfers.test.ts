import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningClient, startClient } from '@atelier/client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { fakeMachines } from '../apps/client/testing/fake-machines.ts';
import { eventually, type LocalClient, localClient, untilWorkspace } from '../apps/client/testing/local-client.ts';
import { diskFolder, importDisk, noise } from './lifecycle/disks.ts';
import { endOf, type LifecycleServer, lifecycleServer, password } from './lifecycle/running-server.ts';

// Two whole clients and the whole server: who gives to whom, and when a transfer waits. Only the virtual machines pretend,
// and so do the battery and the link, which the machine that runs the tests does not have.

interface Desk {
  readonly id: string;
  readonly stateDir: string;
  readonly client: RunningClient;
  readonly local: LocalClient;
  readonly conditions: { battery: boolean; metered: boolean | null };
}

let given: LifecycleServer;
let disks: Awaited<ReturnType<typeof diskFolder>>;
let folder: string;
let raw: string;
let desks: Desk[];
let count = 0;

beforeAll(async () => {
  [given, disks, folder] = await Promise.all([lifecycleServer(), diskFolder(), mkdtemp(join(tmpdir(), 'att-'))]);
  await given.api.images.create({ body: { name: 'lab' } });
  raw = await disks.raw('v1', { version: '1', shared: noise(6_000_000) });
  await importDisk(given.api, 'lab', raw, 'raw');
  for (const verb of ['pack', 'push'] as const)
    await endOf(given.api, await given.api.images[verb]({ params: { name: 'lab', number: 1 } }));
  await given.api.images.promote({ params: { name: 'lab', channel: 'stable' }, body: { version: 1 } });
  const anna = await given.person('anna');
  await given.api.workspaces.create({ body: { name: 'lab', image: 'lab', channel: 'stable' } });
  await given.api.workspaces.assign({ params: { id: 'lab' }, body: { principal: { kind: 'user', id: anna.id } } });
});
afterAll(async () => {
  await given?.stop();
  await disks?.remove();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  desks = [];
});
afterEach(async () => {
  for (const { client } of desks) await client.stop();
  await given.api.transfers.setPolicy({ body: {} });
});

async function openDesk(): Promise<Desk> {
  const stateDir = join(folder, `s${++count}`);
  const conditions = { battery: false, metered: null as boolean | null };
  const client = await startClient({
    stateDir,
    version: '0.1.0',
    machines: fakeMachines(),
    conditions: { battery: async () => conditions.battery, metered: async () => conditions.metered, everyMs: 100 },
  });
  const local = localClient(client.socketPath);
  const { token } = await given.api.endpoints.createToken({ body: {} });
  const { endpointId } = await local.enroll({ body: { server: given.server.url, token, name: `desk ${count}` } });
  const desk: Desk = { id: endpointId as string, stateDir, client, local, conditions };
  desks.push(desk);
  await eventually(
    async () => (await local.status()).connection === 'online',
    () => local.status(),
  );
  await local.signIn({ body: { name: 'anna', password } });
  return desk;
}
const act = ({ local }: Desk, action: string) => local.act({ params: { name: 'lab', action }, body: {} });
const fetched = ({ local }: Desk) => untilWorkspace(local, 'lab', (one) => one.stagedVersion === 1, 60_000);
const sha256 = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
const sameDisk = async ({ stateDir }: Desk) =>
  expect(await sha256(join(stateDir, 'images', 'lab', '1.raw'))).toBe(await sha256(raw));
const eventsOf = async ({ id, local }: Desk, code: number) => {
  await local.refresh();
  const { items } = await given.api.events.list({ query: { source: id, limit: 200 } });
  return items.filter((one) => one.code === code);
};
const freePort = async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
};

it('gives from desk to desk what one of them fetched, and not to one that was revoked', {
  timeout: 90_000,
}, async () => {
  const port = await freePort();
  await given.api.transfers.setPolicy({ body: { sharing: { use: true, port } } });
  const [one, two] = [await openDesk(), await openDesk()];
  const set = await given.api.transfers.setOverride({
    params: { id: one.id },
    body: { sharing: { use: true, serve: 'fetched', port } },
  });
  expect(set.effective).toMatchObject({ onBattery: 'pause', sharing: { serve: 'fetched' } });
  await eventually(
    async () => (await one.local.status()).transfers.sharing.serve === 'fetched',
    () => one.local.status(),
  );
  await act(one, 'fetch');
  await fetched(one);
  await two.local.refresh();
  await act(two, 'fetch');
  const after = await fetched(two);
  await sameDisk(two);
  expect(after.transfer?.bySource).toMatchObject({ network: 0, media: 0 });
  expect(after.transfer?.bySource.peer).toBeGreaterThan(6_000_000);
  const { sharing } = (await one.local.status()).transfers;
  expect(sharing.servedBytes).toBeGreaterThan(6_000_000);
  expect(sharing.cachedBytes).toBeGreaterThan(6_000_000);

  const [told] = await eventsOf(two, 1306);
  expect(told?.data).toMatchObject({ image: 'lab', version: 1, bySource: { network: 0 } });
  expect(Number(told?.data.milliseconds)).toBeGreaterThan(0);
  expect(told?.detail).toContain('from peers');
  // The endpoint's report follows its event: the server may have stored the one and not yet the other.
  const transfers = () =>
    given.database.db
      .selectFrom('transfer')
      .selectAll()
      .where('endpoint_id', '=', two.id)
      .where('state', '=', 'completed')
      .execute();
  await eventually(async () => (await transfers()).length > 0, transfers);
  expect(Number((await transfers())[0]?.bytes_peer)).toBe(after.transfer?.bySource.peer);

  await given.api.endpoints.revoke({ params: { id: one.id } });
  const three = await openDesk();
  await act(three, 'fetch');
  expect((await fetched(three)).transfer?.bySource).toMatchObject({ peer: 0 });
});

it('leaves out a peer whose cache was tampered with, and tells of it', { timeout: 90_000 }, async () => {
  const port = await freePort();
  const [one, two] = [await openDesk(), await openDesk()];
  const body = { sharing: { serve: 'fetched', port } } as const;
  await given.api.transfers.setOverride({ params: { id: one.id }, body });
  await given.api.transfers.setOverride({ params: { id: two.id }, body: { sharing: { use: true } } });
  await eventually(
    async () => (await one.local.status()).transfers.sharing.serve === 'fetched',
    () => one.local.status(),
  );
  await act(one, 'fetch');
  await fetched(one);
  // somebody who may write there changes content and name together
  await one.client.stop();
  const cache = join(one.stateDir, 'pack-cache');
  for (const name of await readdir(cache, { recursive: true })) {
    const [, place, digest] = /^(packs\/.*\/\d+-\d+)-([0-9a-f]{64})$/.exec(name) ?? [];
    if (!place || !digest) continue;
    const bytes = (await readFile(join(cache, name))).map((byte) => byte ^ 1);
    await rm(join(cache, name));
    await writeFile(join(cache, `${place}-${createHash('sha256').update(bytes).digest('hex')}`), bytes);
  }
  desks[0] = {
    ...one,
    client: await startClient({ stateDir: one.stateDir, version: '0.1.0', machines: fakeMachines() }),
  };
  const again = localClient(desks[0].client.socketPath);
  await eventually(
    async () => (await again.status()).connection === 'online',
    () => again.status(),
  );
  await again.refresh();
  await two.local.refresh();
  await act(two, 'fetch');
  const after = await fetched(two);
  await sameDisk(two);
  expect(after.transfer?.bySource.peer).toBe(0);
  const [banned] = await eventsOf(two, 1316);
  expect(banned).toMatchObject({ severity: 'warning', data: { image: 'lab', version: 1, kind: 'peer' } });
});

it('has a site cache fetch what two desks want, once', { timeout: 90_000 }, async () => {
  const port = await freePort();
  const cache = await openDesk();
  await given.api.transfers.setOverride({
    params: { id: cache.id },
    body: { sharing: { serve: 'site-cache', port, cacheMiB: 64 } },
  });
  const sharing = async () => (await cache.local.status()).transfers.sharing;
  await eventually(async () => (await sharing()).serve === 'site-cache', sharing);
  const url = `https://127.0.0.1:${port}/`;
  await given.api.transfers.setPolicy({
    body: { sharing: { use: true, caches: [{ url, endpointId: cache.id, networks: ['127.0.0.0/8'] }] } },
  });
  const [one, two] = [await openDesk(), await openDesk()];
  let kept = 0;
  for (const desk of [one, two]) {
    await act(desk, 'fetch');
    expect((await fetched(desk)).transfer?.bySource).toMatchObject({ network: 0 });
    await sameDisk(desk);
    if (kept > 0) expect((await sharing()).cachedBytes).toBe(kept);
    kept = (await sharing()).cachedBytes;
  }
  expect(kept).toBeGreaterThan(6_000_000);
  expect((await sharing()).servedBytes).toBeGreaterThan(2 * 6_000_000);
});

it('takes a stick with the repository’s files before the network', { timeout: 60_000 }, async () => {
  const stick = join(folder, 'media', 'anna', 'atelier');
  await mkdir(stick, { recursive: true });
  const repository = join(given.stateDir, 'repository');
  for (const part of ['root.json', 'roots', 'images', 'packs', 'deltas'])
    await cp(join(repository, part), join(stick, part), { recursive: true }).catch(() => undefined);
  await given.api.transfers.setPolicy({
    body: { media: { enabled: true, folders: [join(folder, 'media', '*', 'atelier')] } },
  });
  const desk = await openDesk();
  await act(desk, 'fetch');
  const after = await fetched(desk);
  await sameDisk(desk);
  expect(after.transfer?.bySource).toMatchObject({ network: 0, peer: 0 });
  expect(after.transfer?.bySource.media).toBeGreaterThan(6_000_000);
});

it('waits for what the policy forces until battery, schedule and person let it; not for what a person asks', {
  timeout: 90_000,
}, async () => {
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
  const desk = await openDesk();
  await act(desk, 'fetch');
  await fetched(desk);
  await act(desk, 'start');
  await untilWorkspace(desk.local, 'lab', (one) => one.state === 'running');
  desk.conditions.battery = true;
  const second = await disks.raw('v2', { version: '2', shared: noise(3_000_000) });
  await importDisk(given.api, 'lab', second, 'raw');
  for (const verb of ['pack', 'push'] as const)
    await endOf(given.api, await given.api.images[verb]({ params: { name: 'lab', number: 2 } }));
  await given.api.workspaces.commitPolicy({ params: { id: 'lab' }, body: { document: { update: { mode: 'force' } } } });
  await given.api.images.promote({ params: { name: 'lab', channel: 'stable' }, body: { version: 2 } });
  const waits = (because: string) =>
    untilWorkspace(desk.local, 'lab', (one) => one.transfer?.waiting?.because === because, 30_000);
  expect(await waits('battery')).toMatchObject({
    transfer: { state: 'running', bytesPerSecond: 0, secondsLeft: null },
  });
  const instance = async () => (await given.api.endpoints.listInstances({ query: { endpoint: desk.id } })).items[0];
  await eventually(async () => (await instance())?.transfer?.waiting?.because === 'battery', instance);

  await given.api.transfers.setPolicy({
    body: { windows: [{ days: [...days], from: '00:00', to: '24:00', pause: true }] },
  });
  desk.conditions.battery = false;
  expect((await waits('schedule')).transfer?.waiting?.until).toMatch(/^\d{4}-/);
  expect((await desk.local.transfers({ params: { word: 'pause' } })).transfers.hold).toBe('paused');
  await waits('person');
  await desk.local.transfers({ params: { word: 'resume' } });
  await waits('schedule');
  expect((await desk.local.transfers({ params: { word: 'now' } })).transfers.hold).toBe('anyway');
  await untilWorkspace(desk.local, 'lab', (one) => one.stagedVersion === 2, 60_000);
  await eventually(
    async () => (await desk.local.status()).transfers.hold === 'none',
    () => desk.local.status(),
  );
  const paused = await eventsOf(desk, 1305);
  expect(paused.map((one) => one.data.because)).toContain('battery');
  expect(await eventsOf(desk, 1315)).not.toHaveLength(0);

  await act(desk, 'stop');
  const other = await openDesk();
  other.conditions.battery = true;
  await act(other, 'start');
  const running = await untilWorkspace(other.local, 'lab', (one) => one.state === 'running', 60_000);
  expect(running.version).toBe(2);
});

it('refuses a policy that makes no sense, in words, and keeps who changed what', async () => {
  const wrong = given.api.transfers.setPolicy({
    body: { windows: [{ days: ['mon'], from: '08:00', to: '18:00' }] },
  });
  await expect(wrong).rejects.toMatchObject({ problem: { code: 'request.invalid' } });
  await expect(wrong).rejects.toThrow(/pauses or has a limit|body\.windows/);
  const before = await given.api.transfers.getPolicy();
  const after = await given.api.transfers.setPolicy({ body: { bandwidthKiBps: 500 } }, { ifMatch: before.rev });
  expect(after.policy.bandwidthKiBps).toBe(500);
  await expect(given.api.transfers.setPolicy({ body: {} }, { ifMatch: before.rev - 1 })).rejects.toMatchObject({
    problem: { code: 'request.conflict' },
  });
  const { items } = await given.api.audit.list({ query: {} });
  expect(items.some((one) => one.verb === 'transfer-policy.set')).toBe(true);
});
