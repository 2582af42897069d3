import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startClient } from './start-client.ts';
import { type ClientBench, openClientBench } from './testing/client-bench.ts';
import { eventually, untilWorkspace } from './testing/local-client.ts';
import { testWorkspace } from './testing/test-workspace.ts';

let bench: ClientBench;
beforeAll(async () => {
  bench = await openClientBench(3);
}, 60_000);
afterAll(() => bench?.close());

const until = (state: string, version?: number) =>
  untilWorkspace(
    bench.local,
    'lab',
    (one) => one.state === state && (version === undefined || one.version === version),
  );

it('lives a day: enrol, sign in, fetch, start, lock, stop, update, go back', { timeout: 60_000 }, async () => {
  const { local, server, act, stateDir } = bench;
  expect(await local.status()).toMatchObject({ connection: 'not-enrolled', endpointId: null, workspaces: [] });
  await expect(local.signIn({ body: { name: 'anna', password: 'x' } })).rejects.toMatchObject({
    code: 'client.not-enrolled',
  });
  const wrong = server.token.replace(/.{8}$/, '00000000');
  await expect(local.enroll({ body: { server: server.url, token: wrong } })).rejects.toMatchObject({
    code: 'client.fingerprint-mismatch',
  });
  const plain = server.url.replace('https', 'http');
  await expect(local.enroll({ body: { server: plain, token: server.token } })).rejects.toMatchObject({
    code: 'request.invalid',
  });
  await expect(local.enroll({ body: { server: server.url, token: `other${server.token}` } })).rejects.toMatchObject({
    code: 'endpoint.token-invalid',
  });
  await bench.enrol();
  expect((await stat(join(stateDir, 'identity.json'))).mode & 0o777).toBe(0o600);
  await expect(local.enroll({ body: { server: server.url, token: server.token } })).rejects.toMatchObject({
    code: 'client.already-enrolled',
  });
  await expect(local.signIn({ body: { name: 'anna', password: 'wrong' } })).rejects.toMatchObject({
    code: 'people.sign-in-failed',
  });
  const { user, workspaces } = await local.status();
  expect(user).toMatchObject({ name: 'anna' });
  expect(workspaces).toMatchObject([{ name: 'lab', state: 'assigned', wantedVersion: 1, version: null }]);

  await act('start');
  const running = await until('running');
  expect(running).toMatchObject({ version: 1, localVersions: [1], screen: true, guestAgent: true });
  expect(running.transfer).toMatchObject({ state: 'done', version: 1 });
  expect(await readFile(join(stateDir, 'images', 'debian-lab', '1.raw'))).toEqual(bench.base);
  await eventually(() => server.instances.find((one) => one.state === 'running'), 'the server is told');

  await act('lock');
  await expect(local.screen({ params: { name: 'lab' } })).rejects.toMatchObject({ code: 'workspace.locked' });
  await expect(act('unlock')).rejects.toMatchObject({ code: 'workspace.locked' });
  await expect(act('unlock', { password: 'wrong' })).rejects.toMatchObject({ code: 'people.sign-in-failed' });
  await act('unlock', { password: server.password });
  await until('running');

  server.workspaces = [testWorkspace({ version: 2 })];
  await local.refresh();
  expect((await local.status()).workspaces[0]).toMatchObject({ updateAvailable: 2, stagedVersion: null });
  await act('fetch');
  const staged = await untilWorkspace(local, 'lab', (one) => one.stagedVersion === 2);
  expect(staged).toMatchObject({ state: 'running', version: 1 });
  expect(staged.transfer?.bySource.previous).toBeGreaterThan(350_000);
  await act('restart');
  await until('running', 2);
  const folder = join(stateDir, 'instances', server.userId, testWorkspace().workspaceId);
  expect(existsSync(join(folder, 'overlay-1.qcow2')) && existsSync(join(folder, 'overlay-2.qcow2'))).toBe(true);

  await act('stop');
  await until('ready');
  await expect(act('switch-version', { version: 3 })).rejects.toMatchObject({ code: 'client.version-not-here' });
  await act('switch-version', { version: 1 });
  await act('start');
  expect(await until('running', 1)).toMatchObject({ updateAvailable: null, wantedVersion: 2 });
  await expect(act('start')).rejects.toMatchObject({ code: 'workspace.wrong-state' });
  await act('stop');
  await until('ready');

  await local.refresh();
  for (const code of [1001, 1006, 1201, 1202, 1205, 1301, 1303, 1306, 1311, 1313, 1501, 1502, 1504, 1505, 1508, 1509])
    expect(bench.codes()).toContain(code);
  expect((await local.status()).queuedEvents).toBe(0);
});

it('forces a version where the policy says so, and removes old ones', async () => {
  const { local, server, act } = bench;
  server.workspaces = [testWorkspace({ version: 3 }, { mode: 'force', keepOnly: 1 })];
  await local.refresh();
  await untilWorkspace(local, 'lab', (one) => one.stagedVersion === 3);
  await act('start');
  await until('running', 3);
  await act('stop');
  await until('ready');
  await bench.client.stop();
  await bench.start();
  await eventually(
    async () => (await bench.local.status()).workspaces[0]?.localVersions.join() === '2,3',
    'only 2 and 3',
  );
  await eventually(async () => {
    await bench.local.refresh();
    return bench.codes().includes(1312);
  }, 'the event of the removed version');
});

it('keeps what is here of a workspace that is no longer assigned, but does not start it', async () => {
  const { local, server, act } = bench;
  const before = server.workspaces;
  server.workspaces = [];
  await local.refresh();
  expect((await until('blocked')).error).toMatchObject({ code: 'workspace.not-assigned' });
  await expect(act('start')).rejects.toMatchObject({ code: 'workspace.not-assigned' });
  server.workspaces = before;
  await local.refresh();
  await until('ready');
});

it('is alone in its state folder', async () => {
  await expect(
    startClient({ stateDir: bench.stateDir, version: '0.1.0', machines: bench.machines }),
  ).rejects.toMatchObject({ code: 'client.already-running' });
});

it('deletes all that is here when the person asks for it', async () => {
  await bench.act('delete');
  await until('assigned');
  expect(existsSync(join(bench.stateDir, 'instances', bench.server.userId, testWorkspace().workspaceId))).toBe(false);
});
