import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { access, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openSessionDirectory } from '@atelier/adapters/session-directory';
import { writeConnectionRequest, writeMstsToken } from '@atelier/rdp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type PoolOrder, poolGuest } from './broker/pool-guest.ts';
import { importDisk } from './lifecycle/disks.ts';
import { endOf, type LifecycleServer, lifecycleServer, password } from './lifecycle/running-server.ts';
import { startBrokerProcess } from './rdp-lab/broker-fleet.ts';
import { type LabNetwork, labNetwork } from './rdp-lab/network.ts';
import { startRdpClient } from './rdp-lab/rdp-client.ts';
import { type SyntheticEnd, signInAs } from './rdp-lab/synthetic-client.ts';
import { startXrdpHost } from './rdp-lab/xrdp-host.ts';

// A server, and a broker as on another machine: a process with a state folder of its own, in which there is nothing but the keys. Real guests under QEMU.

const image = 'pool';
const colour = 0x2e8b57;
const versions = { first: 1, second: 2, hang: 3, forward: 4 } as const;
const soon = { timeout: 180_000, interval: 200 };
let server: LifecycleServer;
let network: LabNetwork;
let folder: string;
let stateDir: string;
let gate: string;
let broker: Awaited<ReturnType<typeof startBrokerProcess>>;
let everyone: string;
const undo: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  [server, network, folder] = await Promise.all([
    lifecycleServer(),
    labNetwork(),
    mkdtemp(join(tmpdir(), 'atelier-pools-')),
  ]);
  stateDir = join(folder, 's');
  gate = join(folder, 'gate');
  await mkdir(join(stateDir), { mode: 0o700 });
  await mkdir(gate);
  await cp(join(server.stateDir, 'keys'), join(stateDir, 'keys'), { recursive: true });
  // qemu-img as it is, but that it can be made to wait.
  const { stdout } = await promisify(execFile)('sh', ['-c', 'command -v qemu-img']);
  const held = `#!/bin/sh\nif [ -e ${gate}/hold ]; then touch ${gate}/here; while [ -e ${gate}/hold ]; do sleep 0.1; done; fi\n`;
  await writeFile(join(gate, 'qemu-img'), `${held}exec ${stdout.trim()} "$@"\n`, { mode: 0o700 });

  const xrdp = await startXrdpHost(network, { name: 'behind', colour, password, users: ['dora'] });
  undo.push(xrdp.kill);
  await server.api.images.create({ body: { name: image } });
  await publish(versions.first, { kind: 'version', version: 1 });
  await promote(versions.first);
  await publish(versions.second, { kind: 'version', version: 2 });
  await publish(versions.hang, { kind: 'hang' });
  await publish(versions.forward, { kind: 'forward', address: xrdp.address, port: 3389 });
  for (const name of ['anna', 'bert', 'carl', 'dora', 'emil']) await server.person(name);
  const groups = await server.api.people.listGroups({ query: { limit: 10 } });
  everyone = groups.items.find((one) => one.name === 'everyone')!.id;
  await server.api.targets.putEnvironment({
    params: { name: 'here' },
    body: { driver: 'qemu', settings: { accelerator: 'tcg' } },
  });
  await startBroker();
}, 300_000);
afterAll(async () => {
  await server?.database.db.updateTable('broker_collection').set({ enabled: false }).execute();
  broker?.broker.kill();
  for (const id of stateDir ? await readdir(join(stateDir, 'broker-vms')).catch(() => []) : [])
    for (const pid of await qemuOf(id)) process.kill(Number(pid), 'SIGKILL');
  for (const one of undo.splice(0).toReversed()) await one().catch((error: unknown) => console.error(error));
  await network?.remove();
  await server?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const raw = (version: number) => join(folder, `v${version}.raw`);
async function publish(version: number, order: PoolOrder): Promise<void> {
  await poolGuest(raw(version), order);
  await importDisk(server.api, image, raw(version), 'raw');
  for (const verb of ['pack', 'push'] as const) {
    const task = await endOf(server.api, await server.api.images[verb]({ params: { name: image, number: version } }));
    expect(task).toMatchObject({ state: 'done' });
  }
}
const promote = (version: number) =>
  server.api.images.promote({ params: { name: image, channel: 'stable' }, body: { version } });

async function startBroker(): Promise<void> {
  const env = { PATH: `${gate}:${process.env.PATH}` };
  broker = await startBrokerProcess(server.database.url, stateDir, join(stateDir, 'plug-ins'), {
    host: network.here,
    env,
  });
}

const vm = { image, environments: ['here'], size: 1, memoryMiB: 96, cpus: 1 };
const always = {
  days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
  from: '00:00',
  to: '24:00',
};
/** A time zone whose clocks show about noon now, so that hours can be told apart. */
const noon = (() => {
  const ahead = 12 - new Date().getUTCHours();
  // Etc's signs are the other way round.
  return ahead === 0 ? 'UTC' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
})();
const day = { ...always, from: '08:00', to: '18:00' };
const night = { ...always, from: '20:00', to: '04:00' };

async function collection(name: string, more: object, startSeconds = 180): Promise<string> {
  const body = { name, kind: 'pooled-vms' as const, startSeconds, vm: { ...vm, ...more } };
  const { id } = await server.api.collections.create({ body });
  await server.api.collections.entitle({ params: { id }, body: { principal: { kind: 'group', id: everyone } } });
  return id;
}
const off = (id: string) => server.api.collections.update({ params: { id }, body: { enabled: false } });
const targets = async (id: string) =>
  (await server.api.targets.list({ query: { collection: id, limit: 50 } })).items.toSorted((a, b) =>
    a.id < b.id ? -1 : 1,
  );
const states = async (id: string) => (await targets(id)).map((one) => one.state);
const versionsOf = async (id: string) => (await targets(id)).map((one) => one.properties.version);
const vmFolder = (id: string) => join(stateDir, 'broker-vms', id);
const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
async function qemuOf(id: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
    if (words[0]?.includes('qemu-system') && words.some((word) => word.includes(`${id}/vm/`))) found.push(pid);
  }
  return found;
}

const dial = (user: string, name: string): Promise<SyntheticEnd> =>
  signInAs({
    host: network.here,
    port: broker.broker.port,
    user,
    password,
    loadBalanceInfo: `tsv://MS Terminal Services Plugin.1.${name}`,
  });

/** Comes back with the token, and talks with the guest behind the broker. */
async function talk(end: SyntheticEnd) {
  const token = /msts=(\S+)/.exec(Buffer.from(end.redirection?.loadBalanceInfo ?? []).toString())?.[1] ?? '';
  const socket: Socket = connect({ host: network.here, port: broker.broker.port });
  socket.on('error', () => {});
  const negotiation = { flags: 0, protocols: 1 };
  socket.write(
    writeConnectionRequest({ cookie: null, routingToken: writeMstsToken(token), negotiation, correlationId: null }),
  );
  await once(socket, 'data');
  return {
    async say(line: string): Promise<string> {
      socket.write(`\n${line}\n`);
      const [answer] = (await once(socket, 'data', { signal: AbortSignal.timeout(30_000) })) as [Buffer];
      return answer.toString().trim();
    },
    hangUp: () => socket.destroy(),
  };
}

async function report(
  user: string,
  collectionId: string,
  ...whats: readonly ('log-on' | 'log-off')[]
): Promise<string> {
  const session = await server.database.db
    .selectFrom('broker_session')
    .select(['id', 'target_id'])
    .where('collection_id', '=', collectionId)
    .where('user_name', '=', user)
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  const directory = openSessionDirectory(server.database);
  for (const what of whats)
    await directory.report({ targetId: session.target_id, sessionId: session.id, user, hostSessionId: user, what });
  return session.target_id;
}

let kept: string;
let thrown: string;

it('brings the disk of a version over HTTPS to a broker without a repository, and keeps spares in their hours only', async () => {
  kept = await collection('Kept', { timeZone: noon, spares: [{ ...day, count: 1 }], otherwise: 0, afterUse: 'revert' });
  thrown = await collection('Thrown', { spares: [{ ...always, count: 1 }], afterUse: 'destroy' });
  const nightly = await collection('Nightly', { timeZone: noon, spares: [{ ...night, count: 1 }], otherwise: 0 });
  // Up before anybody asks.
  await expect.poll(() => states(kept), soon).toEqual(['running']);
  expect(await targets(nightly)).toEqual([]);
  expect(await readdir(stateDir)).not.toContain('repository');
  const path = join(stateDir, 'broker-images', `${image}-1.raw`);
  expect((await readFile(path)).equals(await readFile(raw(1)))).toBe(true);
  await off(nightly);
});

it('reverts at log-off, destroys where told so, and rolls a new version on past whoever is on a machine', async () => {
  const anna = await dial('anna', 'Kept');
  // It was warm: nobody waited for a start.
  expect(anna.pictureMs).toBeNull();
  await report('anna', kept, 'log-on');
  const guest = await talk(anna);
  expect(await guest.say('read:')).toBe('version 1 note');
  expect(await guest.say('write:left by anna')).toBe('version 1 note left by anna');
  const { id } = (await targets(kept))[0]!;
  const before = await qemuOf(id);
  expect(before).toHaveLength(1);

  await expect.poll(() => states(thrown), soon).toEqual(['running']);
  const [old] = await targets(thrown);
  await promote(versions.second);
  // The one that nobody is on goes, and another of the new version comes.
  await expect.poll(() => Promise.all([states(thrown), versionsOf(thrown)]), soon).toEqual([['running'], [2]]);
  expect((await targets(thrown))[0]!.id).not.toBe(old!.id);
  // Anna's is as it was, with her on it.
  expect(await qemuOf(id)).toEqual(before);
  expect(await guest.say('read:')).toBe('version 1 note left by anna');
  guest.hangUp();

  // Bert has one that is thrown away after him.
  const bert = await dial('bert', 'Thrown');
  const other = await talk(bert);
  expect(await other.say('write:left by bert')).toBe('version 2 note left by bert');
  other.hangUp();
  const [his] = await targets(thrown);
  await Promise.all([report('anna', kept, 'log-off'), report('bert', thrown, 'log-on', 'log-off')]);
  expect(await states(kept)).not.toContain('running');
  await expect.poll(() => Promise.all([states(kept), versionsOf(kept)]), soon).toEqual([['running'], [2]]);
  const carl = await talk(await dial('carl', 'Kept'));
  expect(await targets(kept)).toMatchObject([{ id }]);
  expect(await carl.say('read:')).toBe('version 2 note');
  carl.hangUp();
  await expect.poll(() => states(thrown), soon).toEqual(['running']);
  expect((await targets(thrown))[0]!.id).not.toBe(his!.id);
  expect(await isThere(vmFolder(his!.id))).toBe(false);
  expect(await qemuOf(his!.id)).toEqual([]);
  await off(thrown);
});

it.concurrent('gives a machine up that does not answer in time, says so to the client, and takes it to another one next', async () => {
  const { db } = server.database;
  const id = await collection('Slow', { size: 2, version: versions.hang }, 8);
  await expect(dial('emil', 'Slow')).rejects.toThrow(/error info 0x411/);
  // The start has a time of its own, which began a little later than the wait for it.
  await expect.poll(() => states(id), soon).toEqual(['stopped']);
  const [hung] = await targets(id);
  expect(hung!.stateDetail).toMatch(/did not answer within 8 s/);
  expect(await qemuOf(hung!.id)).toEqual([]);
  const attempt = await db
    .selectFrom('broker_connection')
    .select(['failure', 'outcome'])
    .where('user_name', '=', 'emil')
    .executeTakeFirstOrThrow();
  expect(attempt).toEqual({ failure: 'vm-boot-timeout', outcome: 'timed-out' });
  // Another one, which is up: the machine of the pool beside it, for this test.
  const [up] = await targets(kept);
  const more = {
    name: 'other',
    kind: 'virtual-machine' as const,
    collection: 'Slow',
    endpoints: up!.endpoints,
    state: 'running' as const,
  };
  await server.api.targets.add({ body: more });
  const end = await dial('emil', 'Slow');
  expect(await (await talk(end)).say('read:')).toMatch(/^version 2/);
  await off(id);
});

it.concurrent('shows a real client the picture, and then the desktop behind the machine that it started', async () => {
  // The guest cannot run xrdp in a minute without KVM: it hands its port on to a host with xrdp, which is reached through it only.
  const id = await collection('Desktop', { size: 1, version: versions.forward, afterUse: 'revert' });
  const { namespace } = await network.addMachine();
  const words = [
    `/v:${network.here}:${broker.broker.port}`,
    '/u:dora',
    `/p:${password}`,
    '/cert:ignore',
    '/bpp:24',
    '/size:1024x768',
  ];
  const client = await startRdpClient(namespace, [...words, '/load-balance-info:tsv://Desktop']);
  undo.push(client.close);
  const room = 0x101318;
  await expect.poll(() => client.pixel(5, 5), soon).toBe(room);
  const pictureMs = client.age();
  expect(await states(id)).toEqual(['starting']);
  const desktop = await client.sees([colour], 120_000);
  console.info(`picture after ${pictureMs.toFixed(0)} ms, the desktop after ${desktop.ms.toFixed(0)} ms`);
  expect(await states(id)).toEqual(['running']);
  const [machine] = await targets(id);
  expect(await qemuOf(machine!.id)).toHaveLength(1);
  await client.close();
  await off(id);
});

it('leaves nothing behind, and gives people their machine, when the broker is killed over a clone or a renewal', async () => {
  // Its hours are over, and the last of its people goes.
  const { vm: settings, rev } = await server.api.collections.get({ params: { id: kept } });
  const nightly = { ...settings, spares: [{ ...night, count: 1 }] };
  await server.api.collections.update({ params: { id: kept }, body: { vm: nightly } }, { ifMatch: rev });
  await report('carl', kept, 'log-on', 'log-off');
  const id = await collection('Killed', { size: 1, version: versions.second, afterUse: 'revert' });
  // Over a clone: qemu-img is held half-way.
  await writeFile(join(gate, 'hold'), '');
  const lost = dial('bert', 'Killed').catch(() => 'gone');
  await expect.poll(() => isThere(join(gate, 'here')), soon).toBe(true);
  broker.broker.kill();
  expect(await lost).toBe('gone');
  const [machine] = await targets(id);
  expect(await isThere(join(vmFolder(machine!.id), 'disk.qcow2'))).toBe(false);
  await rm(join(gate, 'hold'));
  await startBroker();

  const end = await dial('bert', 'Killed');
  const guest = await talk(end);
  expect(await guest.say('write:left by bert')).toMatch(/left by bert$/);
  guest.hangUp();
  expect(await targets(id)).toMatchObject([{ id: machine!.id }]);
  const begun = await qemuOf(machine!.id);
  expect(begun).toHaveLength(1);
  expect((await readdir(vmFolder(machine!.id))).filter((name) => name.endsWith('.new'))).toEqual([]);

  // Over a renewal: a part of the folder is gone, QEMU runs.
  broker.broker.kill();
  await report('bert', id, 'log-on', 'log-off');
  for (const name of ['place.json', 'made-of.json']) await rm(join(vmFolder(machine!.id), name), { force: true });
  await startBroker();
  await expect.poll(() => qemuOf(machine!.id), soon).not.toEqual(begun);
  const anna = await talk(await dial('anna', 'Killed'));
  expect(await anna.say('read:')).toBe('version 2 note');
  anna.hangUp();
  expect(await targets(id)).toMatchObject([{ id: machine!.id }]);
  expect(await qemuOf(machine!.id)).toHaveLength(1);
  await off(id);
});

it('shuts a machine down whose target was removed, and keeps its disk; ends spares when their hours are over', async () => {
  const { api } = server;
  const [spare] = await targets(kept);
  const killed = (await api.collections.list({ query: { limit: 50 } })).items.find((one) => one.name === 'Killed')!;
  const [orphan] = await targets(killed.id);
  expect(await qemuOf(orphan!.id)).toHaveLength(1);
  await api.targets.remove({ params: { id: orphan!.id }, query: { force: 'yes' } });
  await expect.poll(() => qemuOf(orphan!.id), soon).toEqual([]);
  await expect.poll(async () => [...(await states(kept)), ...(await qemuOf(spare!.id))], soon).toEqual(['stopped']);
  expect(await isThere(join(vmFolder(orphan!.id), 'disk.qcow2'))).toBe(true);
});
