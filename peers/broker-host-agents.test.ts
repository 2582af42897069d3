import { makePassword, passwordKeysIn } from '@atelier/adapters/single-use-password';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BrokerLab, brokerLab, password } from './rdp-lab/broker-lab.ts';
import { enrollHostAgent, type HostAgent } from './rdp-lab/host-agent.ts';
import { type RdpClient, startRdpClient } from './rdp-lab/rdp-client.ts';
import { startXrdpHost, type XrdpHost } from './rdp-lab/xrdp-host.ts';
import { Caller, until } from './server/caller.ts';

// A real xrdp host with our agent and its hooks in PAM, real xfreerdp, a server with its broker over a real PostgreSQL. The host's accounts have a password
// that nobody types.

const hostPassword = 'nobody types this';
const users = ['alice', 'bob'];
let lab: BrokerLab;
let host: XrdpHost;
/** Takes nobody until a test says so. */
let other: XrdpHost;
let agent: HostAgent;
let here: string;
let targetId: string;

beforeAll(async () => {
  lab = await brokerLab();
  const start = async (name: string, colour: number) => {
    const one = await startXrdpHost(lab.network, { name, colour, password: hostPassword, users });
    lab.later(one.kill);
    return one;
  };
  [host, other] = await Promise.all([start('h1', 0x483d8b), start('h2', 0x006400)]);
  const agents = await Promise.all([enrollHostAgent(lab, host), enrollHostAgent(lab, other)]);
  [agent] = agents;
  await lab.addUsers(...users);
  await lab.addCollection('Office', [host, other], { target_sign_in: 'single-use-password' });
  const link = async (name: string, hostId: string) =>
    await lab.database.db
      .updateTable('broker_target')
      .set({ host_id: hostId, drain: name === other.name })
      .where('name', '=', name)
      .returning('id')
      .executeTakeFirstOrThrow();
  ({ id: targetId } = await link(host.name, agents[0].hostId));
  await link(other.name, agents[1].hostId);
  for (const one of agents) await one.start();
  here = (await lab.network.addMachine()).namespace;
});
afterAll(() => lab?.stop());

const dial = async (user: string, secret: string, ...more: readonly string[]): Promise<RdpClient> => {
  const words = [`/v:${lab.network.here}`, `/u:${user}`, `/p:${secret}`, '/cert:ignore', '/bpp:24', '/sec:tls'];
  const client = await startRdpClient(here, [...words, ...more]);
  lab.later(client.close);
  return client;
};
const ticketOf = async (user: string): Promise<string> => {
  const anonymous = new Caller(lab.server.url, lab.server.ca);
  const { secret } = (await anonymous.post('/api/v1/session', { name: user, password })).body;
  const answer = await anonymous.bearer(secret).post('/api/v1/my/desktops/Office/ticket', {});
  expect(answer.status, answer.text).toBe(201);
  return answer.body.ticket;
};
const session = async (user: string) =>
  (await lab.database.db
    .selectFrom('broker_session')
    .select(['id', 'state', 'host_session_id as display', 'end_reason'])
    .where('user_name', '=', user)
    .orderBy('id', 'desc')
    .executeTakeFirst()) ?? null;
const becomes = (user: string, state: string) =>
  until(async () => {
    const one = await session(user);
    return one?.state === state && one.display !== null && one;
  });
/** Ends somebody's desktop as logging off in it does: its window manager ends. */
const logOffOnHost = (user: string) => agent.run(['pkill', '-u', user, '-x', 'sleep']);

it('lets a person with a one-time ticket onto the desktop without any password of the host; the host tells of log-on and log-off', async () => {
  const client = await dial('alice', await ticketOf('alice'));
  await client.sees([host.colour]);
  expect(await becomes('alice', 'active')).toMatchObject({ display: expect.stringMatching(/^:\d+$/) });
  const begun = performance.now();
  await logOffOnHost('alice');
  expect(await becomes('alice', 'logged-off')).toMatchObject({ end_reason: 'logged-off' });
  const took = performance.now() - begun;
  console.log('log-off', took);
  expect(took).toBeLessThan(2000);
  await client.close();
});

/** How often the host let somebody in by a password of ours. */
const letIn = () => agent.said().split('"let":true').length - 1;
const back = ['+auto-reconnect', '/auto-reconnect-max-retries:8'];

it('brings a client back that was cut off, though its password is used up, and turns it away when an administrator disconnected it', async () => {
  const client = await dial('bob', await ticketOf('bob'), ...back);
  await client.sees([host.colour]);
  const { id } = await becomes('bob', 'active');
  const before = letIn();
  const cut = performance.now();
  lab.broker.book.cutSession(id);
  await until(() => letIn() > before);
  const took = performance.now() - cut;
  expect(await becomes('bob', 'active')).toMatchObject({ id });
  await client.sees([host.colour]);
  console.info(`back on the desktop ${(took / 1000).toFixed(1)} s after the connection broke, nobody asked`);

  const answer = await lab.owner.post(`/api/v1/desktop-sessions/${id}/disconnect`);
  expect(answer.status, answer.text).toBe(200);
  // The client dials again by itself, and is told in its window.
  await until(async () => (await client.pixel(5, 5)) === 0x101318);
  await client.press('Return');
  let over = false;
  client.ended.then(() => {
    over = true;
  });
  await until(() => over).catch((cause) => {
    throw new Error(`the client goes on: ${client.output().slice(-2000)}`, { cause });
  });
  expect(client.output()).toContain('ERRINFO_RPC_INITIATED_DISCONNECT');
  expect(await becomes('bob', 'disconnected')).toMatchObject({ id });
  expect(letIn()).toBe(before + 1);
  await client.close();

  const again = await dial('bob', await ticketOf('bob'));
  await again.sees([host.colour]);
  expect(await becomes('bob', 'active')).toMatchObject({ id });
  await again.close();
  await becomes('bob', 'disconnected');
});

it('ends what ended while the agent was dead, and keeps what is there', async () => {
  const [first, second] = await Promise.all(
    users.map(async (user) => {
      const client = await dial(user, await ticketOf(user));
      await client.sees([host.colour]);
      await becomes(user, 'active');
      return client;
    }),
  );
  await first!.close();
  expect(await becomes('alice', 'disconnected')).toBeTruthy();
  await agent.kill();
  // What the hook notes while nobody listens is lost in the worst case: the list must do.
  await logOffOnHost('bob');
  await until(async () => (await agent.run(['pgrep', '-u', 'bob', '-x', 'Xorg'])).code !== 0);
  await agent.run(['sh', '-c', 'rm -f /run/atelier-agent/desktop-sessions/*']);
  expect(await session('bob')).not.toMatchObject({ state: 'logged-off' });
  await agent.start();
  expect(await becomes('bob', 'logged-off')).toMatchObject({ end_reason: 'gone-from-host' });
  expect(await session('alice')).toMatchObject({ state: 'disconnected' });
  await second!.close();
});

it('is logged off from the console', async () => {
  const { id } = (await session('alice'))!;
  const answer = await lab.owner.post(`/api/v1/desktop-sessions/${id}/log-off`);
  expect(answer.status, answer.text).toBe(200);
  expect(await session('alice')).toMatchObject({ id, state: 'logged-off' });
  expect((await agent.run(['pgrep', '-u', 'alice', '-x', 'Xorg'])).code).not.toBe(0);
});

it('takes everybody to another desktop when their host dies, and nobody types anything', async () => {
  const { db } = lab.database;
  const drain = (one: XrdpHost, set: boolean) =>
    db.updateTable('broker_target').set({ drain: set }).where('name', '=', one.name).execute();
  await drain(host, true);
  await drain(other, false);
  let plainMs = 0;
  const clients = await Promise.all(
    users.map(async (user) => {
      const client = await dial(user, await ticketOf(user), ...back);
      plainMs = Math.max(plainMs, (await client.sees([other.colour])).ms);
      await becomes(user, 'active');
      return client;
    }),
  );
  await drain(host, false);
  const killed = performance.now();
  await other.kill();
  await Promise.all(clients.map((client) => client.sees([host.colour], 90_000)));
  const took = performance.now() - killed;
  const s = (ms: number) => (ms / 1000).toFixed(1);
  console.info(`both on another desktop ${s(took)} s after their host died (signed in within ${s(plainMs)} s before)`);
  expect(took).toBeLessThan(plainMs < 3000 ? 10_000 : 4 * plainMs);
  for (const user of users) await becomes(user, 'active');
  // Which of them found it out first is all the same.
  const ended = await db
    .selectFrom('broker_session')
    .select(['user_name as user', 'end_reason'])
    .where('state', '=', 'orphaned')
    .orderBy('user_name')
    .execute();
  expect(ended).toEqual(users.map((user) => ({ user, end_reason: 'target-lost' })));
  await Promise.all(clients.map((client) => client.close()));
});

it('refuses single-use passwords that were used, have expired, or are for another target or person; others are PAM’s business as before', async () => {
  const { privateKey } = await passwordKeysIn(lab.secrets);
  const made = (user: string, to: string, at = Date.now()) => makePassword(privateKey, { user, targetId: to }, at);
  const signsIn = async (user: string, secret: string) =>
    (await agent.run(['pamtester', 'xrdp-sesman', user, 'authenticate', 'acct_mgmt'], `${secret}\n`)).code === 0;
  const good = made('bob', targetId);
  expect(await signsIn('bob', good)).toBe(true);
  expect(agent.said()).toContain('"let":true');
  await agent.kill();
  await agent.start();
  const refused = [
    ['bob', good],
    ['bob', made('bob', targetId, Date.now() - 120_000)],
    ['bob', made('bob', '01K0OTHERTARGET00000000000')],
    ['alice', made('bob', targetId)],
  ] as const;
  for (const [user, secret] of refused)
    expect([user, secret, await signsIn(user, secret)]).toEqual([user, secret, false]);
  for (const why of ['used before', 'expired', 'not-for-this']) expect(agent.said()).toContain(why);
  expect(agent.said()).not.toContain(good);
  expect(await signsIn('bob', hostPassword)).toBe(true);
});

it('takes its rules out of PAM again, and nothing else', async () => {
  const before = (await agent.run(['cat', '/etc/pam.d/xrdp-sesman'])).output;
  await agent.atelier('agent', 'session-hook', 'remove', '--yes');
  const after = (await agent.run(['cat', '/etc/pam.d/xrdp-sesman'])).output;
  expect(after.split('\n')).toEqual(before.split('\n').filter((line) => !line.includes('atelier')));
  expect(before.split('\n').length - after.split('\n').length).toBe(2);
});

it('asks a host without an agent, as Windows ones are, for its sessions by quser', async () => {
  // The agent stands in for WinRM here, and a script for quser; a real Windows was never asked.
  const quser = `#!/bin/sh
echo ' BENUTZERNAME          SITZUNGSNAME       ID  STATUS  LEERLAUF   ANMELDEZEIT'
echo ' bob                                       7  Getr.        1:23  07.09.2021 17:58'
exit 1
`;
  const put =
    'mount -t tmpfs tmpfs /usr/local/bin && cat > /usr/local/bin/quser.exe && chmod +x /usr/local/bin/quser.exe';
  expect(await agent.run(['sh', '-c', put], quser)).toMatchObject({ code: 0 });
  const found = await until(async () => {
    // Whoever contacts the host meanwhile learns better.
    const windows = { state: 'reachable', product: 'Windows' } as const;
    await lab.database.db.updateTable('host').set(windows).where('id', '=', agent.hostId).execute();
    const one = await session('bob');
    return one?.display === '7' && one;
  });
  expect(found).toMatchObject({ state: 'disconnected' });
});
