import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningClient, startClient } from './start-client.ts';
import { type FakeMachines, fakeMachines } from './testing/fake-machines.ts';
import { type FakeServer, startFakeServer } from './testing/fake-server.ts';
import { eventually, type LocalClient, localClient, untilWorkspace } from './testing/local-client.ts';
import { makeRepository } from './testing/small-repository.ts';
import { testWorkspace } from './testing/test-workspace.ts';

let folder: string;
let stateDir: string;
let server: FakeServer;
let machines: FakeMachines;
let client: RunningClient;
let local: LocalClient;
const base = randomBytes(1_000_000);
const workspaceId = testWorkspace().workspaceId;
const overlay = (version: number) =>
  join(stateDir, 'instances', server.userId, workspaceId, `overlay-${version}.qcow2`);

const start = async () => {
  client = await startClient({ stateDir, version: '0.1.0', machines });
  local = localClient(client.socketPath);
};
const eventNames = async () => {
  await local.refresh();
  return [...server.events.values()].map(({ event }) => event.code);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-client-'));
  stateDir = join(folder, 'state');
  const repository = await makeRepository(folder);
  await repository.publish('debian-lab', 1, base);
  await repository.publish('debian-lab', 2, Buffer.concat([base, randomBytes(100_000)]), [1]);
  await repository.publish('debian-lab', 3, Buffer.concat([base, randomBytes(50_000)]), [2]);
  server = await startFakeServer(repository.files, repository.rootText);
  server.workspaces = [testWorkspace()];
  machines = fakeMachines();
  await start();
}, 60_000);

afterAll(async () => {
  await client?.stop();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

it('lives a day: enrol, sign in, fetch, start, lock, stop, update, go back', { timeout: 60_000 }, async () => {
  expect(await local.status()).toMatchObject({ connection: 'not-enrolled', endpointId: null, workspaces: [] });
  await expect(local.signIn({ body: { name: 'anna', password: 'x' } })).rejects.toMatchObject({
    code: 'client.not-enrolled',
  });
  const wrong = server.token.replace(/.{8}$/, '00000000');
  await expect(local.enroll({ body: { server: server.url, token: wrong } })).rejects.toMatchObject({
    code: 'client.fingerprint-mismatch',
  });
  await expect(local.enroll({ body: { server: server.url, token: `other${server.token}` } })).rejects.toMatchObject({
    code: 'endpoint.token-invalid',
  });
  await local.enroll({ body: { server: server.url, token: server.token, name: 'desk 1' } });
  expect((await stat(join(stateDir, 'identity.json'))).mode & 0o777).toBe(0o600);
  await eventually(async () => (await local.status()).connection === 'online', 'online');

  await expect(local.signIn({ body: { name: 'anna', password: 'wrong' } })).rejects.toMatchObject({
    code: 'people.sign-in-failed',
  });
  const signedIn = await local.signIn({ body: { name: 'Anna', password: server.password } });
  expect(signedIn.user).toMatchObject({ name: 'anna' });
  expect(signedIn.workspaces).toMatchObject([{ name: 'lab', state: 'assigned', wantedVersion: 1, version: null }]);

  await local.act({ params: { name: 'lab', action: 'start' }, body: {} });
  const running = await untilWorkspace(local, 'lab', (one) => one.state === 'running');
  expect(running).toMatchObject({ version: 1, localVersions: [1], screen: true, guestAgent: true });
  expect(running.transfer).toMatchObject({ state: 'done', version: 1 });
  expect(await readFile(join(stateDir, 'images', 'debian-lab', '1.raw'))).toEqual(base);
  await eventually(() => server.instances.find((one) => one.state === 'running'), 'the server is told');

  await local.act({ params: { name: 'lab', action: 'lock' }, body: {} });
  await expect(local.screen({ params: { name: 'lab' } })).rejects.toMatchObject({ code: 'workspace.locked' });
  await expect(
    local.act({ params: { name: 'lab', action: 'unlock' }, body: { password: 'wrong' } }),
  ).rejects.toMatchObject({ code: 'people.sign-in-failed' });
  await local.act({ params: { name: 'lab', action: 'unlock' }, body: { password: server.password } });
  await untilWorkspace(local, 'lab', (one) => one.state === 'running');

  server.workspaces = [testWorkspace({ version: 2 })];
  await local.refresh();
  expect((await local.status()).workspaces[0]).toMatchObject({ updateAvailable: 2, stagedVersion: null });
  await local.act({ params: { name: 'lab', action: 'fetch' }, body: {} });
  const staged = await untilWorkspace(local, 'lab', (one) => one.stagedVersion === 2);
  expect(staged).toMatchObject({ state: 'running', version: 1 });
  expect(staged.transfer?.bySource.previous).toBeGreaterThan(900_000);
  await local.act({ params: { name: 'lab', action: 'restart' }, body: {} });
  await untilWorkspace(local, 'lab', (one) => one.state === 'running' && one.version === 2);
  expect(existsSync(overlay(1)) && existsSync(overlay(2))).toBe(true);

  await local.act({ params: { name: 'lab', action: 'stop' }, body: {} });
  await untilWorkspace(local, 'lab', (one) => one.state === 'ready');
  await local.act({ params: { name: 'lab', action: 'switch-version' }, body: { version: 1 } });
  await local.act({ params: { name: 'lab', action: 'start' }, body: {} });
  const back = await untilWorkspace(local, 'lab', (one) => one.state === 'running');
  expect(back).toMatchObject({ version: 1, updateAvailable: null, wantedVersion: 2 });
  await expect(local.act({ params: { name: 'lab', action: 'start' }, body: {} })).rejects.toMatchObject({
    code: 'workspace.wrong-state',
  });
  await local.act({ params: { name: 'lab', action: 'stop' }, body: {} });
  await untilWorkspace(local, 'lab', (one) => one.state === 'ready');

  const codes = await eventNames();
  for (const code of [1001, 1006, 1201, 1202, 1205, 1301, 1303, 1306, 1311, 1313, 1501, 1502, 1504, 1505, 1508, 1509])
    expect(codes).toContain(code);
  expect((await local.status()).queuedEvents).toBe(0);
});
