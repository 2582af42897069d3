import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { apiBase } from '@atelier/api';
import { type RunningClient, startClient } from '@atelier/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type FakeMachines, fakeMachines } from '../apps/client/testing/fake-machines.ts';
import { eventually, type LocalClient, localClient, untilWorkspace } from '../apps/client/testing/local-client.ts';
import { diskFolder, importDisk, noise } from './lifecycle/disks.ts';
import { endOf, type LifecycleServer, lifecycleServer, password } from './lifecycle/running-server.ts';

// The endpoint's daemon and the management server, both whole; only the virtual machines pretend.

let given: LifecycleServer;
let disks: Awaited<ReturnType<typeof diskFolder>>;
let folder: string;
let machines: FakeMachines;
let client: RunningClient;
let local: LocalClient;
let workspaceId: string;
let endpointId: string;
let anna: Awaited<ReturnType<LifecycleServer['person']>>;
const raws: string[] = [];

const publish = async (version: number) => {
  const path = await disks.raw(`v${version}`, { version: String(version), shared });
  raws.push(path);
  await importDisk(given.api, 'lab', path, 'raw');
  for (const verb of ['pack', 'push'] as const) {
    const task = await endOf(given.api, await given.api.images[verb]({ params: { name: 'lab', number: version } }));
    expect(task).toMatchObject({ state: 'done' });
  }
  await given.api.images.promote({ params: { name: 'lab', channel: 'stable' }, body: { version } });
};
const shared = noise(2_000_000);
const sha256 = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
const start = async () => {
  client = await startClient({ stateDir: join(folder, 's'), version: '0.1.0', machines });
  local = localClient(client.socketPath);
};
const state = async () =>
  (await given.api.endpoints.listInstances({ query: { endpoint: endpointId } })).items[0]?.state;
const ask = (action: 'start' | 'stop' | 'lock' | 'unlock' | 'fetch', more: { password?: string } = {}) =>
  anna.api.my.command({ params: { workspaceId }, body: { endpointId, action, ...more } });

beforeAll(async () => {
  [given, disks, folder] = await Promise.all([lifecycleServer(), diskFolder(), mkdtemp(join(tmpdir(), 'atc-'))]);
  await given.api.images.create({ body: { name: 'lab' } });
  await publish(1);
  anna = await given.person('anna');
  const workspace = await given.api.workspaces.create({ body: { name: 'lab', image: 'lab', channel: 'stable' } });
  workspaceId = workspace.id;
  await given.api.workspaces.assign({
    params: { id: workspaceId },
    body: { principal: { kind: 'user', id: anna.id }, offlineLimitMinutes: 600 },
  });
  machines = fakeMachines();
  await start();
});
afterAll(async () => {
  await client?.stop();
  await given?.stop();
  await disks?.remove();
  await rm(folder, { recursive: true, force: true });
});

it('enrols with a token, signs a person in, fetches and starts', async () => {
  const { token } = await given.api.endpoints.createToken({ body: {} });
  const enrolled = await local.enroll({ body: { server: given.server.url, token, name: 'desk 1' } });
  endpointId = enrolled.endpointId!;
  await eventually(
    async () => (await local.status()).connection === 'online',
    () => local.status(),
  );
  await expect(local.signIn({ body: { name: 'anna', password: 'wrong password' } })).rejects.toMatchObject({
    code: 'people.sign-in-failed',
  });
  await local.signIn({ body: { name: 'anna', password } });
  await local.act({ params: { name: 'lab', action: 'start' }, body: {} });
  const running = await untilWorkspace(local, 'lab', (one) => one.state === 'running', 60_000);
  expect(running).toMatchObject({ version: 1, wantedVersion: 1, offline: { limitMinutes: 600 } });
  expect(await sha256(join(folder, 's', 'images', 'lab', '1.raw'))).toBe(await sha256(raws[0]!));
  await eventually(async () => (await state()) === 'running', state);
  const { items } = await given.api.endpoints.list();
  expect(items).toMatchObject([{ id: endpointId, name: 'desk 1', state: 'online', clientVersion: '0.1.0' }]);
});

it('is led from the console: lock, unlock, stop, update, start', async () => {
  await ask('lock');
  await eventually(async () => (await state()) === 'locked', state);
  await expect(ask('unlock', { password: 'wrong password' })).rejects.toMatchObject({
    problem: { code: 'people.sign-in-failed' },
  });
  await ask('unlock', { password });
  await eventually(async () => (await state()) === 'running', state);
  await publish(2);
  await ask('fetch');
  await untilWorkspace(local, 'lab', (one) => one.stagedVersion === 2, 60_000);
  await ask('stop');
  await eventually(async () => (await state()) === 'ready', state);
  await ask('start');
  await untilWorkspace(local, 'lab', (one) => one.state === 'running' && one.version === 2);
  expect(await sha256(join(folder, 's', 'images', 'lab', '2.raw'))).toBe(await sha256(raws[1]!));
});

it('brings the screen to the browser', async () => {
  const { vncSocket } = [...machines.running.values()][0]!;
  await mkdir(dirname(vncSocket), { recursive: true });
  const vnc = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write('RFB 003.008\n');
  });
  await new Promise<void>((resolve) => vnc.listen(vncSocket, resolve));
  try {
    const url = `${given.server.url.replace('https', 'wss')}${apiBase}/my/workspaces/${workspaceId}/screen?endpoint=${endpointId}`;
    const screen = new WebSocket(url, {
      ca: given.server.ca,
      headers: { authorization: `Bearer ${anna.secret}`, origin: given.server.url },
    });
    const hello = await new Promise((resolve, reject) => {
      screen.once('message', (data) => resolve(String(data)));
      screen.once('error', reject);
    });
    expect(hello).toBe('RFB 003.008\n');
    screen.close();
  } finally {
    vnc.close();
  }
});

it('delivers every event once, also those from a time without connection', { timeout: 60_000 }, async () => {
  await client.stop();
  await start();
  await untilWorkspace(local, 'lab', (one) => one.state === 'running');
  await eventually(
    async () => {
      await local.refresh().catch(() => undefined);
      return (await local.status()).queuedEvents === 0;
    },
    () => local.status(),
  );
  const { items } = await given.api.events.list({ query: { source: endpointId, limit: 200 } });
  const codes = items.map((one) => one.code);
  for (const code of [1001, 1002, 1006, 1201, 1202, 1303, 1306, 1311, 1501, 1502, 1504, 1508, 1509, 1513])
    expect(codes).toContain(code);
  expect(codes.filter((code) => code === 1006)).toHaveLength(1);
  expect(items.find((one) => one.code === 1502)).toMatchObject({ userName: 'anna', workspace: 'lab' });
});

it('serves several people, with one copy of the image and a disk for each', async () => {
  const bert = await given.person('bert');
  await given.api.workspaces.assign({
    params: { id: workspaceId },
    body: { principal: { kind: 'user', id: bert.id } },
  });
  const { workspaces } = await local.signIn({ body: { name: 'bert', password } });
  expect(workspaces).toMatchObject([{ name: 'lab', state: 'assigned', userId: bert.id, localVersions: [1, 2] }]);
  await eventually(async () => machines.running.size === 1, 'the machine of the other runs on');
  await local.act({ params: { name: 'lab', action: 'start' }, body: {} });
  const running = await untilWorkspace(local, 'lab', (one) => one.state === 'running');
  expect(running).toMatchObject({ version: 2, transfer: null });
  const systemDisks = machines.started.map((one) => one.disks[0]?.path);
  expect(systemDisks.at(-1)).toContain(bert.id);
  await local.act({ params: { name: 'lab', action: 'stop' }, body: {} });
  await untilWorkspace(local, 'lab', (one) => one.state === 'ready');
  const back = await local.signIn({ body: { name: 'anna', password } });
  expect(back.workspaces).toMatchObject([{ state: 'locked', userId: anna.id }]);
});

it('may do nothing any more once an administrator revoked it', async () => {
  await given.api.endpoints.revoke({ params: { id: endpointId } });
  await eventually(
    async () => (await local.status()).connection === 'revoked',
    () => local.status(),
  );
  await expect(local.signIn({ body: { name: 'anna', password } })).rejects.toMatchObject({ code: 'endpoint.revoked' });
});
