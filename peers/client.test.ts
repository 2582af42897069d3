import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startVm, type Vm } from '@atelier/adapters/qemu';
import { type RunningClient, startClient } from '@atelier/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startFakeServer } from '../apps/client/testing/fake-server.ts';
import { eventually, type LocalClient, localClient, untilWorkspace } from '../apps/client/testing/local-client.ts';
import { makeRepository } from '../apps/client/testing/small-repository.ts';
import { testWorkspace } from '../apps/client/testing/test-workspace.ts';
import { qemuMachineRoom } from '../apps/client/vm/qemu-machine-room.ts';
import { debianSampleV1, debianSampleV2 } from './debian-sample.ts';

// The endpoint's daemon with real QEMU, a real Debian guest and a real repository, against a server over real TLS.

const bootMs = 240_000;
const test = { timeout: 900_000 };
let folder: string;
let stateDir: string;
let server: Awaited<ReturnType<typeof startFakeServer>>;
let client: RunningClient;
let local: LocalClient;
/** The machine that runs, to look into its guest from outside of the client. */
let vm: Vm | undefined;

const start = async () => {
  const room = qemuMachineRoom(stateDir);
  const machines = {
    ...room,
    start: async (options: Parameters<typeof startVm>[0]) => {
      vm = await startVm(options);
      return vm;
    },
    attach: async (options: Parameters<typeof room.attach>[0]) => {
      const found = await room.attach(options);
      if (found.kind === 'running') vm = found.vm;
      return found;
    },
  };
  client = await startClient({ stateDir, version: '0.1.0', machines });
  local = localClient(client.socketPath);
};
const act = (action: string, body: { version?: number; password?: string } = {}) =>
  local.act({ params: { name: 'lab', action }, body });
const until = (state: string) => untilWorkspace(local, 'lab', (one) => one.state === state, bootMs);
const inGuest = async (command: string): Promise<string> => {
  const { stdout, stderr, code } = await vm!.agent.exec('/bin/sh', ['-c', command]);
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${stderr}`);
  return stdout.toString().trim();
};
const codes = () => [...server.events.values()].map(({ event }) => event.code);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atl-'));
  stateDir = join(folder, 's');
  const repository = await makeRepository(folder);
  await repository.publishFile('debian-lab', 1, await debianSampleV1());
  await repository.publishFile('debian-lab', 2, await debianSampleV2(), [1]);
  server = await startFakeServer(repository.files, repository.rootText);
  server.workspaces = [testWorkspace()];
  await start();
  await local.enroll({ body: { server: server.url, token: server.token } });
  await local.signIn({ body: { name: 'anna', password: server.password } });
}, 900_000);

afterAll(async () => {
  await vm?.kill().catch(() => undefined);
  await client?.stop();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

it('fetches and starts a guest that answers, and shows its screen', test, async () => {
  await act('start');
  const running = await until('running');
  expect(running).toMatchObject({ version: 1, screen: true });
  expect(running.transfer).toMatchObject({ state: 'done', bytesTotal: 2 ** 31 });
  expect(await inGuest('cat /etc/atelier-image')).toContain('VERSION=1');
  await inGuest('echo kept > /home/person/data && echo system > /etc/mark && sync');

  const screen = await server.screen(testWorkspace().workspaceId);
  const hello = await new Promise((resolve) => screen.once('message', (data) => resolve(String(data))));
  expect(hello).toBe('RFB 003.008\n');
  const closed = new Promise((resolve) => screen.once('close', resolve));
  await act('lock');
  await closed;
  await expect(server.screen(testWorkspace().workspaceId)).rejects.toThrow('workspace.locked');
  await act('unlock', { password: server.password });
  await until('running');
});

it('goes on after stop by snapshot, with what was in memory', test, async () => {
  await inGuest('echo fleeting > /run/fleeting');
  server.workspaces = [testWorkspace({}, {}, { stopAction: 'snapshot' })];
  await local.refresh();
  await act('stop');
  await until('suspended');
  await act('start');
  await until('running');
  expect(await inGuest('cat /run/fleeting')).toBe('fleeting');
});

it('takes over a machine that ran on while the daemon was away', test, async () => {
  const before = vm!.pid;
  await client.stop();
  await start();
  await until('running');
  expect(vm!.pid).toBe(before);
  expect(await inGuest('cat /run/fleeting')).toBe('fleeting');
  await local.refresh();
  expect(codes()).toContain(1513);
});

it('updates by delta and goes back, with the person’s data always there', test, async () => {
  server.workspaces = [testWorkspace({ version: 2 })];
  await local.refresh();
  await act('fetch');
  const staged = await untilWorkspace(local, 'lab', (one) => one.stagedVersion === 2, bootMs);
  expect(staged.transfer!.wireBytes).toBeLessThan(40_000_000);
  expect(staged.transfer!.bySource.previous).toBeGreaterThan(100_000_000);
  await act('restart');
  await untilWorkspace(local, 'lab', (one) => one.version === 2 && one.state === 'running', bootMs);
  expect(await inGuest('cat /etc/atelier-image')).toContain('VERSION=2');
  expect(await inGuest('cat /home/person/data')).toBe('kept');
  await expect(inGuest('cat /etc/mark')).rejects.toThrow('No such file');

  await act('stop');
  await until('ready');
  await act('switch-version', { version: 1 });
  await act('start');
  await untilWorkspace(local, 'lab', (one) => one.version === 1 && one.state === 'running', bootMs);
  expect(await inGuest('cat /etc/mark && cat /home/person/data')).toBe('system\nkept');
});

it('tells that QEMU died, with its end, and starts again', test, async () => {
  process.kill(vm!.pid, 'SIGKILL');
  const crashed = await until('crashed');
  expect(crashed.error).toMatchObject({ code: 'vm.crashed' });
  expect(crashed.error?.detail).toContain('SIGKILL');
  await eventually(() => codes().includes(1512), 'the event of the crash');
});

it('throws the changes of a revertible workspace away at stop, but not the data', test, async () => {
  server.workspaces = [testWorkspace({ type: 'revertible', version: 1 })];
  await local.refresh();
  await act('revert');
  await until('ready');
  await act('start');
  await until('running');
  await expect(inGuest('cat /etc/mark')).rejects.toThrow('No such file');
  await inGuest('echo again > /etc/mark && sync');
  await act('stop');
  await until('ready');
  expect(existsSync(join(stateDir, 'instances', server.userId, testWorkspace().workspaceId, 'overlay-1.qcow2'))).toBe(
    false,
  );
  await server.down();
  await act('start');
  await until('running');
  await expect(inGuest('cat /etc/mark')).rejects.toThrow('No such file');
  expect(await inGuest('cat /home/person/data')).toBe('kept');
  await act('stop');
  await until('ready');
  await server.up();
});

it('ends the start of a guest that never answers, and says what its console said', test, async () => {
  server.workspaces = [testWorkspace({ version: 1 }, {}, { bootTimeoutSeconds: 10 })];
  await local.refresh();
  await act('start');
  const crashed = await until('crashed');
  expect(crashed.error).toMatchObject({ code: 'vm.boot-timeout' });
  await eventually(() => codes().includes(1511), 'the event of the silent guest');
});
