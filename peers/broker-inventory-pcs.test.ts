import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { chmod, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BrokerFleet, brokerFleet, startBrokerProcess } from './rdp-lab/broker-fleet.ts';
import { type TestServer, testServer } from './server/test-server.ts';

// The shipped example that keeps physical computers from a list, in a broker of its own, asked by the API. Computers are sockets of this test, which wake by
// the broker's magic packets; the broker is killed while it adds computers, and while it waits for one to wake.

const example = join(import.meta.dirname, '../plugin-kit/broker/examples/inventory-pcs');
const many = 120;
let test: TestServer;
let fleet: BrokerFleet;
let second: Awaited<ReturnType<typeof startBrokerProcess>> | null = null;
let plugIns: string;
const computers: Server[] = [];
const woken: string[] = [];
const packets = createSocket('udp4');

const post = (path: string, body: object = {}) => test.owner.post(`/api/v1${path}`, body);
const get = async (path: string) => (await test.owner.get(`/api/v1${path}`)).body;
const soon = <Value>(look: () => Promise<Value>, timeout = 60_000) => expect.poll(look, { timeout, interval: 100 });
const job = async (body: object): Promise<string> => {
  const said = await post('/collections/Labs/machine-jobs', body);
  expect(said.status, said.text).toBe(202);
  return said.body.taskId;
};
const ended = async (id: string) => {
  await soon(async () => (await get(`/tasks/${id}`)).finishedAt).not.toBeNull();
  return await get(`/tasks/${id}`);
};
const pc = (name: string) => get(`/targets/${name}`);
const tasksOf = async (name: string) => (await get(`/broker/tasks?plugin=inventory-pcs&target=${name}`)).items;
const taskOf = (id: string) => get(`/broker/tasks/${id}`);
/** Has tonight's check of a computer done now. */
const checkNow = async (name: string): Promise<string> => {
  const { id } = (await tasksOf(name)).find((one: { state: string }) => one.state === 'planned');
  expect((await post(`/broker/tasks/${id}/start`)).status).toBe(200);
  return id;
};
const countOf = async () => {
  const { db } = test.database;
  const { count } = await db
    .selectFrom('broker_target')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('provider', '=', 'inventory-pcs')
    .executeTakeFirstOrThrow();
  return Number(count);
};

/** A computer that is on, or off until it is woken. */
async function computer(name: string, on: boolean): Promise<number> {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  computers.push(server);
  if (on) return port;
  await new Promise((resolve) => server.close(resolve));
  packets.on('message', (packet) => {
    if (packet.at(-1) === Number(name.slice(3)) && !server.listening) server.listen(port, '127.0.0.1');
  });
  return port;
}

beforeAll(async () => {
  test = await testServer();
  packets.bind(0, '127.0.0.1');
  await once(packets, 'listening');
  packets.on('message', (packet) => woken.push(packet.subarray(96).toString('hex')));
  plugIns = join(test.stateDir, 'broker-plug-ins');
  const place = join(plugIns, 'inventory-pcs');
  await mkdir(place, { recursive: true, mode: 0o755 });
  for (const name of (await readdir(example)).filter((one) => !one.endsWith('.test.ts'))) {
    await cp(join(example, name), join(place, name));
    await chmod(join(place, name), 0o644);
  }
  const manifest = JSON.parse(await readFile(join(place, 'plugin.json'), 'utf8'));
  const settings = { ...manifest.settings, seconds: 3 };
  await writeFile(join(place, 'plugin.json'), JSON.stringify({ ...manifest, settings }));
  const ports = [await computer('pc-1', true), await computer('pc-2', false), 1];
  const lines = Array.from(
    { length: many },
    (_, n) => `pc-${n + 1},127.0.0.1,${ports[n] ?? 1},floor,00:11:22:aa:bb:0${(n + 1) % 10}`,
  );
  await writeFile(join(place, 'pcs.csv'), ['name,address,port,environment,mac', ...lines].join('\n'));
  fleet = await brokerFleet({ brokers: 1, people: 1, targets: 1, over: { ...test, plugIns } });
  const wake = { driver: 'wake-on-lan', settings: { broadcast: '127.0.0.1', port: packets.address().port } };
  expect((await test.owner.send('PUT', '/api/v1/environments/floor', { body: wake })).status).toBeLessThan(300);
  expect((await post('/collections', { name: 'Labs', kind: 'physical-pcs' })).status).toBe(201);
});
afterAll(async () => {
  await second?.end();
  await fleet?.stop();
  await test?.stop();
  for (const one of computers) if (one.listening) one.close();
  packets.close();
});

it('adds the computers of a list to a collection, says which are not on it, and plans their first night', async () => {
  await soon(async () =>
    (await get('/broker/plug-ins')).items
      .filter((one: { name: string }) => one.name === 'inventory-pcs')
      .flatMap((one: { health: { offers: string[] }[] }) => one.health.flatMap(({ offers }) => offers))
      .toSorted(),
  ).toEqual(expect.arrayContaining(['provisioning', 'task']));
  const failed = await ended(await job({ what: 'create', names: ['pc-1', 'pc-2', 'pc-3', 'lamp'] }));
  expect(failed).toMatchObject({ state: 'failed', error: { detail: '1 of 4 machines failed: lamp' } });
  expect(await ended(await job({ what: 'create', names: ['pc-1', 'pc-2', 'pc-3'] }))).toMatchObject({ state: 'done' });
  expect(await pc('pc-2')).toMatchObject({ kind: 'physical-pc', environment: 'floor', provider: 'inventory-pcs' });
  for (const name of ['pc-1', 'pc-2', 'pc-3'])
    await soon(async () =>
      (await tasksOf(name)).map((one: { label: string; state: string }) => `${one.label} ${one.state}`),
    ).toEqual(['Nightly check planned']);
});

it('wakes them at night, drains those that do not answer, and plans the next night', async () => {
  const [awake, asleep, dead] = [await checkNow('pc-1'), await checkNow('pc-2'), await checkNow('pc-3')];
  await soon(() => taskOf(awake)).toMatchObject({ state: 'done', detail: 'it answers' });
  await soon(() => taskOf(asleep)).toMatchObject({
    state: 'done',
    detail: expect.stringMatching(/^it was asleep, and answers after \d s$/),
  });
  await soon(() => taskOf(dead)).toMatchObject({
    state: 'failed',
    detail: expect.stringMatching(/takes nobody until it answers again$/),
  });
  expect([...new Set(woken)].toSorted()).toEqual(['001122aabb02', '001122aabb03']);
  expect([(await pc('pc-1')).drain, (await pc('pc-2')).drain, (await pc('pc-3')).drain]).toEqual([false, false, true]);
  expect((await pc('pc-3')).properties['no-answer-since']).toMatch(/^\d{4}-/);
  await soon(async () => (await tasksOf('pc-3')).map((one: { state: string }) => one.state)).toEqual([
    'planned',
    'failed',
  ]);
});

it('killed while it adds computers and while it waits for one, its next start ends both, once', async () => {
  const { db } = test.database;
  const names = Array.from({ length: many }, (_, n) => `pc-${n + 1}`);
  const night = await checkNow('pc-3');
  await soon(async () => (await pc('pc-3')).properties.check).toMatch(/^begun check-/);
  const making = await job({ what: 'create', names });
  await soon(countOf).toBeGreaterThan(3);
  fleet.brokers[0]!.kill();
  await expect.poll(() => fleet.brokers[0]!.alive()).toBe(false);
  const half = await countOf();
  expect(half).toBeLessThan(many);
  // Ten seconds go by.
  await db
    .updateTable('broker_lease')
    .set({ until: new Date(0) })
    .execute();
  await db
    .updateTable('task')
    .set({ lease_until: new Date(0) })
    .where('id', '=', making)
    .execute();
  second = await startBrokerProcess(test.database.url, test.stateDir, plugIns);
  expect(await ended(making)).toMatchObject({ state: 'failed', error: { code: 'task.abandoned' } });
  const again = (await post(`/collections/Labs/machine-jobs/${making}/again`)).body.taskId;
  expect(await ended(again)).toMatchObject({ state: 'done' });
  expect(await countOf()).toBe(many);
  // Interrupted, then planned by the plug-in itself, and done to its end.
  await soon(() => taskOf(night)).toMatchObject({ state: 'failed', label: 'Check that was interrupted' });
  expect(await pc('pc-3')).toMatchObject({
    drain: true,
    properties: { check: expect.stringMatching(/^ended check-/) },
  });
  const { count } = await db
    .selectFrom('broker_task')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('plugin', '=', 'inventory-pcs')
    .where('state', '=', 'running')
    .executeTakeFirstOrThrow();
  expect(Number(count)).toBe(0);
  expect(await ended(await job({ what: 'delete', names: ['pc-1', 'pc-2'] }))).toMatchObject({ state: 'done' });
  expect(await countOf()).toBe(many - 2);
});
