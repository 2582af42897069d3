import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Machine, magicPacket, openDriver } from '@atelier/adapters/broker-machines';
import { newId } from '@atelier/adapters/postgres';
import { openSessionDirectory } from '@atelier/adapters/session-directory';
import { writeConnectionConfirm, writeConnectionRequest, writeMstsToken } from '@atelier/rdp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tinyGuest } from './broker/tiny-guest.ts';
import { simUser, startIpmiSim } from './ipmi/ipmi-sim.ts';
import { type BrokerFleet, brokerFleet } from './rdp-lab/broker-fleet.ts';

// Two broker processes over one PostgreSQL, real guests under QEMU, OpenIPMI's controller, libvirt's driver for tests, and clients of the test's own making.

const people = 8;
let fleet: BrokerFleet;
let folder: string;
const images = { current: async () => 1, disk: async () => '' };
const vm = { image: 'tiny', version: 1, environments: ['here'], size: 6, memoryMiB: 96, cpus: 1, afterUse: 'revert' };
const soon = { timeout: 120_000, interval: 100 };

beforeAll(async () => {
  const disk = await tinyGuest();
  fleet = await brokerFleet({ brokers: 2, people, targets: 1 });
  folder = await mkdtemp(join(tmpdir(), 'atelier-machines-'));
  await mkdir(join(fleet.stateDir, 'broker-images'));
  await copyFile(disk, join(fleet.stateDir, 'broker-images/tiny-1.raw'));
  await environment('here', 'qemu', { accelerator: 'tcg' });
}, 300_000);
afterAll(async () => {
  const driver = openDriver({ name: 'here', driver: 'qemu', settings: {} }, parts());
  await fleet?.database.db.updateTable('broker_collection').set({ enabled: false }).execute();
  for (const one of fleet?.brokers ?? []) one.kill();
  for (const id of (await driver.made?.()) ?? []) await driver.discard?.({ id }, AbortSignal.timeout(20_000));
  await fleet?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const parts = () => ({ folder: join(fleet.stateDir, 'broker-vms'), images, secret: async () => undefined });

async function environment(name: string, driver: string, settings: object): Promise<void> {
  const values = { name, driver, settings: JSON.stringify(settings) };
  await fleet.database.db.insertInto('broker_environment').values(values).execute();
}

async function collection(name: string, more: object = {}): Promise<string> {
  const { db } = fleet.database;
  const id = newId();
  await db
    .insertInto('broker_collection')
    .values({ id, name, kind: 'session-hosts', ...more })
    .execute();
  const everyone = await db.selectFrom('people_group').select('id').executeTakeFirstOrThrow();
  await db.insertInto('broker_entitlement').values({ id: newId(), collection_id: id, group_id: everyone.id }).execute();
  return id;
}

async function target(collectionId: string, name: string, more: object = {}): Promise<string> {
  const id = newId();
  const usual = { id, name, kind: 'virtual-machine' as const, collection_id: collectionId, state: 'stopped' as const };
  await fleet.database.db
    .insertInto('broker_target')
    .values({ ...usual, ...more })
    .execute();
  return id;
}

const ofVm = { environment: 'here', properties: JSON.stringify({ version: 1 }) };
const dial = (person: number, broker: number, collectionName: string, signal?: AbortSignal) =>
  fleet.signIn(`person${person}`, fleet.brokers[broker]!.port, undefined, {
    loadBalanceInfo: `tsv://MS Terminal Services Plugin.1.${collectionName}`,
    signal,
  });
const stateOf = async (id: string) =>
  (await fleet.database.db.selectFrom('broker_target').select('state').where('id', '=', id).executeTakeFirstOrThrow())
    .state;
const boots = async (id: string): Promise<string[]> =>
  (await readFile(join(parts().folder, id, 'vm/qemu.pid'), 'utf8').catch(() => '')).trim().split('\n').filter(Boolean);
const qemuOf = async (id: string): Promise<string[]> => {
  const found: string[] = [];
  for (const pid of await readdir('/proc'))
    if (
      /^\d+$/.test(pid) &&
      (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes(`${id}/vm/qemu.pid`)
    )
      found.push(pid);
  return found;
};

/** What the target says to a client that comes back with its token. */
async function confirmBy(loadBalanceInfo: Uint8Array | undefined, broker: number): Promise<string> {
  const token = /msts=(\S+)/.exec(Buffer.from(loadBalanceInfo ?? []).toString())?.[1] ?? '';
  const socket = connect({ host: '127.0.0.1', port: fleet.brokers[broker]!.port });
  const negotiation = { flags: 0, protocols: 1 };
  socket.write(
    writeConnectionRequest({ cookie: null, routingToken: writeMstsToken(token), negotiation, correlationId: null }),
  );
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return answer.toString('hex');
}

it('starts one machine for two people who wait at two brokers, shows them a lobby, and takes them to it', async () => {
  const id = await target(await collection('Guests', { vm: JSON.stringify(vm) }), 'guest', ofVm);
  const [one, other] = await Promise.all([dial(0, 0, 'Guests'), dial(1, 1, 'Guests')]);
  console.info(
    `pictures after ${one.pictureMs?.toFixed(0)} and ${other.pictureMs?.toFixed(0)} ms, redirected after ${one.ms.toFixed(0)} and ${other.ms.toFixed(0)}`,
  );
  for (const end of [one, other]) {
    expect(end.pictureMs).toBeLessThan(4000);
    // The guest's own confirm, through the broker.
    expect(await confirmBy(end.redirection?.loadBalanceInfo, 0)).toBe('0300000b06d00000123400');
  }
  expect(await stateOf(id)).toBe('running');
  expect(await qemuOf(id)).toHaveLength(1);
  expect(await boots(id)).toEqual(await qemuOf(id));
});

it('stops a start that nobody waits for any more, and not one that somebody waits for at another broker', async () => {
  const id = await target(await collection('Cancelled', { vm: JSON.stringify(vm) }), 'cancelled', ofVm);
  const [first, second] = [new AbortController(), new AbortController()];
  const one = dial(2, 0, 'Cancelled', first.signal).catch(() => 'gone');
  await expect.poll(() => qemuOf(id), soon).toHaveLength(1);
  const other = dial(3, 1, 'Cancelled', second.signal).catch(() => 'gone');
  const { db } = fleet.database;
  const waiting = () =>
    db
      .selectFrom('broker_session')
      .select('id')
      .where('target_id', '=', id)
      .where('state', '=', 'connecting')
      .execute();
  await expect.poll(waiting, soon).toHaveLength(2);
  const before = await qemuOf(id);
  first.abort();
  expect(await one).toBe('gone');
  await expect.poll(waiting, soon).toHaveLength(1);
  expect(await qemuOf(id)).toEqual(before);
  second.abort();
  expect(await other).toBe('gone');
  await expect.poll(() => stateOf(id), soon).toBe('stopped');
  expect(await qemuOf(id)).toEqual([]);
});

it('goes on with a start whose broker was killed', async () => {
  const id = await target(await collection('Killed', { vm: JSON.stringify(vm) }), 'killed', ofVm);
  const lost = dial(4, 0, 'Killed').catch(() => 'gone');
  await expect.poll(() => qemuOf(id), soon).toHaveLength(1);
  const before = await qemuOf(id);
  fleet.brokers[0]!.kill();
  expect(await lost).toBe('gone');
  const end = await dial(4, 1, 'Killed');
  expect(await confirmBy(end.redirection?.loadBalanceInfo, 1)).toBe('0300000b06d00000123400');
  expect(await qemuOf(id)).toEqual(before);
});

it('keeps a pool: one machine warm, given to whoever comes, and nobody else gets it before it has a new disk', async () => {
  const settings = { ...vm, size: 2, otherwise: 1 };
  const id = await collection('Pool', { kind: 'pooled-vms', vm: JSON.stringify(settings) });
  const { db } = fleet.database;
  const targets = () =>
    db
      .selectFrom('broker_target')
      .select(['id', 'name', 'state', 'properties'])
      .where('collection_id', '=', id)
      .orderBy('id')
      .execute();
  await expect.poll(async () => (await targets()).map((one) => one.state), soon).toEqual(['running']);
  const [warm] = await targets();
  const diskOf = () => stat(join(parts().folder, warm!.id, 'disk.qcow2')).catch(() => null);
  const disk = await diskOf();
  const end = await dial(5, 1, 'Pool');
  expect(end.ms).toBeLessThan(10_000);
  expect(end.pictureMs).toBeNull();
  const session = await db
    .selectFrom('broker_session')
    .select(['id', 'target_id'])
    .where('collection_id', '=', id)
    .executeTakeFirstOrThrow();
  expect(session.target_id).toBe(warm!.id);
  const directory = openSessionDirectory(fleet.database);
  const report = { targetId: warm!.id, sessionId: session.id, user: 'person5', hostSessionId: '7' };
  await directory.report({ ...report, what: 'log-on' });
  await directory.report({ ...report, what: 'log-off' });
  // In the same transaction: there is no moment at which somebody else could get it.
  expect(await stateOf(warm!.id)).not.toBe('running');
  await expect.poll(async () => (await targets())[0]!.properties.madeAt, soon).not.toBe(warm!.properties.madeAt);
  await expect.poll(async () => (await targets()).filter((one) => one.state === 'running').length, soon).toBe(1);
  expect((await diskOf())?.ino).not.toBe(disk?.ino);
  await db.updateTable('broker_collection').set({ enabled: false }).where('id', '=', id).execute();
});

it('makes one machine for each person, and keeps it for them, by a program of the administrator', async () => {
  const host = createServer((socket) =>
    socket.on('error', () => {}).on('data', () => socket.write(writeConnectionConfirm(1))),
  );
  host.listen(0, '127.0.0.1');
  await once(host, 'listening');
  const endpoints = JSON.stringify([{ address: '127.0.0.1', port: (host.address() as AddressInfo).port }]);
  const program = join(folder, 'switch');
  const words = `#!/bin/sh
cd ${folder}; echo "$1 $2" >> calls
case $1 in
power) test -e "on-$2" && echo on || echo off ;;
start) touch "on-$2" ;;
endpoints) echo '${endpoints}' ;;
*) rm -f "on-$2" ;;
esac
`;
  await writeFile(program, words, { mode: 0o700 });
  await environment('cloud', 'command', { program, tellsEndpoints: true });
  const settings = { ...vm, environments: ['cloud'], size: 2 };
  const id = await collection('Own', { kind: 'personal-vms', vm: JSON.stringify(settings) });
  try {
    const first = await Promise.all([dial(0, 1, 'Own'), dial(1, 1, 'Own')]);
    expect(first.every((end) => end.redirection?.loadBalanceInfo !== undefined)).toBe(true);
    const { db } = fleet.database;
    const owners = () =>
      db
        .selectFrom('broker_target as target')
        .innerJoin('people_user as user', 'user.id', 'target.owner_id')
        .select(['target.name', 'user.name as owner', 'target.state'])
        .where('collection_id', '=', id)
        .orderBy('user.name')
        .execute();
    const theirs = await owners();
    expect(theirs.map((one) => [one.owner, one.state])).toEqual([
      ['person0', 'running'],
      ['person1', 'running'],
    ]);
    // There may be two, and both are somebody's.
    await expect(dial(2, 1, 'Own')).rejects.toThrow(/hung up/);
    const directory = openSessionDirectory(fleet.database);
    const sessions = await db
      .selectFrom('broker_session')
      .selectAll()
      .where('collection_id', '=', id)
      .where('state', '=', 'connecting')
      .execute();
    for (const { id: sessionId, target_id: targetId, user_name: user } of sessions)
      for (const what of ['log-on', 'log-off'] as const)
        await directory.report({ targetId, sessionId, user, hostSessionId: user, what });
    await dial(0, 1, 'Own');
    expect(await owners()).toEqual(theirs);
    const calls = (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n');
    expect(calls.filter((one) => one.startsWith('start ')).toSorted()).toEqual(
      theirs.map((one) => `start ${one.name}`).toSorted(),
    );
  } finally {
    host.close();
  }
});

/** A physical computer: its RDP host answers once `wake` was called. */
async function computer() {
  const server = createServer((socket) =>
    socket.on('error', () => {}).on('data', () => socket.write(writeConnectionConfirm(1))),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const endpoints = JSON.stringify([{ address: '127.0.0.1', port }]);
  return { endpoints, wake: () => server.listening || server.listen(port, '127.0.0.1'), stop: () => server.close() };
}

it('wakes physical computers by a controller and by packets', async () => {
  const sim = await startIpmiSim();
  await sim.ipmitool('chassis', 'power', 'off');
  await expect.poll(() => sim.orders(), soon).toContain('set power 0');
  const [blade, desk] = [await computer(), await computer()];
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const packets: Buffer[] = [];
  socket.on('message', (packet) => {
    packets.push(packet);
    desk.wake();
  });
  const watch = setInterval(() => {
    sim.orders().then(
      (orders) => orders.includes('set power 1') && blade.wake(),
      () => undefined,
    );
  }, 200);
  try {
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, `${simUser.password}\n`, { mode: 0o600 });
    await environment('rack', 'ipmi', { user: simUser.user, passwordFile, port: sim.port });
    await environment('office', 'wake-on-lan', { broadcast: '127.0.0.1', port: socket.address().port });
    const pcs = { kind: 'physical-pc' as const };
    const bladeId = await target(await collection('Blades'), 'blade', {
      ...pcs,
      environment: 'rack',
      endpoints: blade.endpoints,
      properties: JSON.stringify({ bmc: '127.0.0.1' }),
    });
    const deskId = await target(await collection('Desks'), 'desk', {
      ...pcs,
      environment: 'office',
      endpoints: desk.endpoints,
      properties: JSON.stringify({ mac: '00:11:22:aa:bb:cc' }),
    });
    const ends = await Promise.all([dial(5, 1, 'Blades'), dial(6, 1, 'Desks')]);
    for (const end of ends) expect(end.redirection?.loadBalanceInfo).toBeDefined();
    expect(await stateOf(bladeId)).toBe('running');
    expect(await stateOf(deskId)).toBe('running');
    expect(await sim.orders()).toContain('set power 1');
    expect(Buffer.compare(packets[0]!, magicPacket('00:11:22:aa:bb:cc'))).toBe(0);
  } finally {
    clearInterval(watch);
    socket.close();
    blade.stop();
    desk.stop();
    await sim.stop();
  }
});

it('switches machines of libvirt', async () => {
  const domain = (
    name: string,
    runstate: number,
  ) => `<domain type="test" xmlns:test="http://libvirt.org/schemas/domain/test/1.0">
    <name>${name}</name><memory>8192</memory><os><type>hvm</type></os><test:runstate>${runstate}</test:runstate></domain>`;
  const file = join(folder, 'node.xml');
  // 1 runs, 3 is paused, 5 is off.
  await writeFile(file, `<node>${domain('on', 1)}${domain('paused', 3)}${domain('off', 5)}</node>`);
  const environmentOf = { name: 'hosts', driver: 'libvirt', settings: { uri: `test://${file}` } };
  const driver = openDriver(environmentOf, parts());
  const machine = (name: string): Machine => ({
    id: newId(),
    name,
    endpoints: [],
    properties: {},
    environment: environmentOf,
    vm: null,
  });
  const signal = AbortSignal.timeout(20_000);
  expect(await driver.power(machine('on'), signal)).toBe('on');
  expect(await driver.power(machine('paused'), signal)).toBe('on');
  expect(await driver.power(machine('off'), signal)).toBe('off');
  // The driver for tests forgets at the end of each program: that libvirt takes the command is what counts.
  for (const name of ['on', 'paused', 'off']) await driver.start(machine(name), signal);
  await driver.stop(machine('on'), 'cancel', signal);
  await driver.stop(machine('on'), 'off', signal);
  await driver.stop(machine('off'), 'off', signal);
  await expect(driver.start(machine('nobody'), signal)).rejects.toThrow(/nobody/);
  await expect(driver.start(machine('--version'), signal)).rejects.toThrow(/no name/);
  expect(await driver.endpoints?.(machine('on'), signal)).toEqual([]);
});
