import { mkdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ClientBench, openClientBench } from './testing/client-bench.ts';
import { eventually } from './testing/local-client.ts';
import { testWorkspace } from './testing/test-workspace.ts';

let bench: ClientBench;
beforeAll(async () => {
  bench = await openClientBench();
  await bench.local.enroll({ body: { server: bench.server.url, token: bench.server.token } });
  await eventually(() => bench.server.online, 'the channel stands');
}, 60_000);
afterAll(() => bench?.close());

const { workspaceId } = testWorkspace();
const ask = (action: string, grant?: ReturnType<ClientBench['server']['grant']>) =>
  bench.server.command({
    kind: 'act',
    workspaceId,
    userId: bench.server.userId,
    action,
    grant,
    correlationId: 'corr-1',
  });
const endpointId = async () => (await bench.local.status()).endpointId!;

it('obeys the console on behalf of a person whose signed grant comes along', async () => {
  const { server } = bench;
  expect(await ask('start')).toMatchObject({ ok: false, error: { code: 'workspace.not-assigned' } });
  const grant = server.grant(await endpointId());
  const forged = { ...grant, payload: Buffer.from(`${Buffer.from(grant.payload, 'base64')} `).toString('base64') };
  expect(await ask('start', forged)).toMatchObject({ ok: false, error: { code: 'client.grant-refused' } });
  expect(await ask('start', server.grant('01HZZZZZZZZZZZZZZZZZZZZZZX'))).toMatchObject({ ok: false });
  expect(await ask('dance', grant)).toMatchObject({ ok: false, error: { code: 'request.invalid' } });
  expect(await ask('start', server.grant(await endpointId()))).toMatchObject({ ok: true, error: null });
  await eventually(
    () => server.instances.find((one) => one.state === 'running'),
    () => server.instances,
  );
  expect(await ask('start', grant)).toMatchObject({ ok: false, error: { code: 'workspace.wrong-state' } });
  await eventually(
    () => [...server.events.values()].find(({ event }) => event.code === 1103),
    'the refused grants are told',
  );
});

it('joins a screen with the server, and cuts it when the workspace is locked', async () => {
  const { server } = bench;
  const { vncSocket } = [...bench.machines.running.values()][0]!;
  await mkdir(dirname(vncSocket), { recursive: true });
  await rm(vncSocket, { force: true });
  const echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
  await new Promise<void>((resolve) => echo.listen(vncSocket, resolve));
  const screen = await server.screen(workspaceId);
  const heard = new Promise((resolve) => screen.once('message', (data) => resolve(String(data))));
  screen.send(Buffer.from('hello'));
  expect(await heard).toBe('hello');
  const closed = new Promise((resolve) => screen.once('close', resolve));
  expect(await ask('lock')).toMatchObject({ ok: true });
  await closed;
  await expect(server.screen(workspaceId)).rejects.toThrow('workspace.locked');
  expect(await ask('unlock')).toMatchObject({ ok: true });
  echo.close();
});

it('tells when QEMU dies, and when the guest shuts itself down', async () => {
  const { server, machines } = bench;
  const state = () => server.instances[0]?.state;
  [...machines.running.values()][0]!.die('out of memory');
  await eventually(() => state() === 'crashed', state);
  expect(server.instances[0]?.error?.detail).toContain('out of memory');
  await ask('start');
  await eventually(() => state() === 'running', state);
  [...machines.running.values()][0]!.powerOff();
  await eventually(() => state() === 'ready', state);
  machines.silent = true;
  await ask('start');
  await eventually(() => state() === 'crashed', state);
  expect(server.instances[0]?.error).toMatchObject({ code: 'vm.boot-timeout' });
  expect(machines.running.size).toBe(0);
  machines.silent = false;
  await eventually(() => bench.codes().includes(1511) && bench.codes().includes(1512), 'both events');
});

it('suspends and goes on, and throws away what a revertible workspace wrote', async () => {
  const { server, machines } = bench;
  const state = () => server.instances[0]?.state;
  server.workspaces = [testWorkspace({}, {}, { stopAction: 'snapshot' })];
  await ask('start', server.grant(await endpointId()));
  await eventually(() => state() === 'running', state);
  await ask('stop');
  await eventually(() => state() === 'suspended', state);
  await ask('start');
  await eventually(() => state() === 'running', state);
  expect(machines.started.at(-1)?.resume).toContain('suspended.state');
  server.workspaces = [testWorkspace({ type: 'revertible' })];
  await server.command({ kind: 'refresh' });
  await ask('stop');
  await eventually(() => state() === 'ready', state);
  await eventually(() => {
    void bench.local.refresh().catch(() => undefined);
    return bench.codes().includes(1507);
  }, 'the event of the revert');
});

it('renews its certificate at two thirds of its life', { timeout: 30_000 }, async () => {
  // The test server's certificates begin an hour ago: one that ends in 20 minutes has lived three quarters.
  const other = await openClientBench();
  other.server.certificateHours = 1 / 3;
  try {
    await other.local.enroll({ body: { server: other.server.url, token: other.server.token } });
    other.server.certificateHours = 24;
    await eventually(() => other.server.requests.includes('POST /device/renew'), 'renewed');
    await eventually(() => other.server.online, 'connected with the new one');
  } finally {
    await other.close();
  }
});
