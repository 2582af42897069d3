import { execFile } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BrokerLab, brokerLab, password } from './rdp-lab/broker-lab.ts';
import { freeRdp3, type LabProgram } from './rdp-lab/freerdp3.ts';
import { tellNames } from './rdp-lab/host-names.ts';
import { type RdpClient, startRdpClient } from './rdp-lab/rdp-client.ts';
import { startShadowTarget } from './rdp-lab/shadow-target.ts';
import { startXrdpHost, type XrdpHost } from './rdp-lab/xrdp-host.ts';
import { until } from './server/caller.ts';

// The ways from a client to its target, with FreeRDP 2 and 3: a broker on IPv6, targets on IPv6 and IPv4, redirection to the target itself, and targets that
// are not xrdp and take NLA only.

const run = promisify(execFile);
const desk = 'desk.atelier.test';
const hostName = 'h1.atelier.test';
const otherPort = 4489;
const xfreerdp2: LabProgram = { path: 'xfreerdp', env: {} };
const users = ['alice', 'bob', 'carol', 'dave'];
let xfreerdp3: LabProgram;
let lab: BrokerLab;
let host: XrdpHost;
let here: string;
let broker: string;

beforeAll(async () => {
  xfreerdp3 = freeRdp3('xfreerdp3');
  lab = await brokerLab({}, {}, { ipv6: true });
  broker = lab.network.here6!;
  host = await startXrdpHost(lab.network, { name: 'h1', colour: 0x483d8b, password, users });
  lab.later(host.kill);
  await lab.addUsers(...users);
  here = (await lab.network.addMachine()).namespace;
  await tellNames(lab, here, { [desk]: broker, [hostName]: host.address6! });
  await lab.addCollection('New', [{ name: 'h1-new', address: host.address6! }]);
  await lab.addCollection('Old', []);
  // Nothing but a name is known of it: the broker finds it.
  const named = { name: 'h1-old', collection: 'Old', kind: 'session-host', fqdn: host.address };
  expect((await lab.owner.post('/api/v1/targets', named)).status).toBe(201);
  await lab.addCollection('Direct', [{ name: 'h1-direct', address: host.address6! }], { redirect_mode: 'direct' });
  const { db } = lab.database;
  await db.updateTable('broker_target').set({ fqdn: hostName }).where('name', '=', 'h1-direct').execute();
  await lab.addCollection('Bare', [{ name: 'h1-bare', address: host.address6! }], { redirect_mode: 'direct' });
});
afterAll(() => lab?.stop());

const dial = async (program: LabProgram, to: string, user: string, collection: string): Promise<RdpClient> => {
  const words = [`/v:${to}`, `/u:${user}`, `/p:${password}`, `/load-balance-info:tsv://${collection}`];
  const client = await startRdpClient(here, [...words, '/cert:ignore', '/bpp:24', '/size:1024x768'], {}, program);
  lab.later(client.close);
  return client;
};
/** Where the connections from the client's machine go that are there. */
const peersOfClients = async () => {
  const { stdout } = await run('ip', ['netns', 'exec', here, 'ss', '-Htn6', 'state', 'established']);
  return stdout.split('\n').flatMap((line) => /\[([\da-f:]+)\]:3389\s*$/.exec(line)?.[1] ?? []);
};

it('takes clients over IPv6 to targets on IPv6 and on IPv4, by address and by name', async () => {
  await until(async () => (await lab.owner.get('/api/v1/targets/h1-old')).body.takes === 'now');
  const [three, two] = await Promise.all([
    dial(xfreerdp3, `[${broker}]`, 'alice', 'New'),
    dial(xfreerdp2, desk, 'bob', 'Old'),
  ]);
  await Promise.all([three.sees([host.colour]), two.sees([host.colour])]);
  expect(await peersOfClients()).toEqual([broker, broker]);
  const sessions = await lab.database.db.selectFrom('broker_session').select('client_address').execute();
  expect(sessions.every(({ client_address }) => client_address.startsWith('fd42:'))).toBe(true);
  await Promise.all([three.close(), two.close()]);
});

it.each([
  ['by its name', 2, () => xfreerdp2, 'carol', 'Direct'],
  ['by its name', 3, () => xfreerdp3, 'carol', 'Direct'],
  ['by its address', 3, () => xfreerdp3, 'dave', 'Bare'],
] as const)('sends clients to the target itself, %s: FreeRDP %i', async (_by, _version, program, user, collection) => {
  const client = await dial(program(), desk, user, collection);
  await client.sees([host.colour]);
  // Nothing of it comes by way of the broker any more.
  await until(async () => (await peersOfClients()).every((one) => one === host.address6));
  expect(await peersOfClients()).toEqual([host.address6]);
  await client.close();
});

it('reaches targets from another port than theirs by token, but not directly: clients keep the port that they dialled', async () => {
  const door = createServer((socket) => {
    const onward = connect(3389, broker);
    for (const one of [socket, onward]) one.on('error', () => {});
    socket.pipe(onward).pipe(socket);
  });
  lab.later(async () => door.close());
  await new Promise<void>((resolve) => door.listen(otherPort, broker, resolve));
  const [token, direct] = await Promise.all([
    dial(xfreerdp3, `${desk}:${otherPort}`, 'alice', 'New'),
    dial(xfreerdp3, `${desk}:${otherPort}`, 'carol', 'Direct'),
  ]);
  await token.sees([host.colour]);
  expect(await direct.ended).not.toBe(0);
  expect(direct.output()).toContain('ERRCONNECT_CONNECT');
  await Promise.all([token.close(), direct.close()]);
});

/** Grey as it looks when it was compressed: not to the last bits. */
const around = Array.from({ length: 16 }, (_, n) => 0x78 + n);
const greys = around.flatMap((red) =>
  around.flatMap((green) => around.map((blue) => (red << 16) | (green << 8) | blue)),
);
it.each([
  [2, 3],
  [3, 2],
])('takes FreeRDP %i to a shadow server of FreeRDP %i, with NLA from end to end', async (client, server) => {
  const program = server === 2 ? { path: 'freerdp-shadow-cli', env: {} } : freeRdp3('freerdp-shadow-cli3');
  const target = await startShadowTarget(lab.network, program, { user: 'bob', password, colour: '#808080' });
  lab.later(target.stop);
  const name = `shadow${server}`;
  await lab.addCollection(name, [{ name, address: target.address }]);
  const shown = await dial(client === 2 ? xfreerdp2 : xfreerdp3, desk, 'bob', name);
  await shown.sees(greys);
  await shown.close();
});
