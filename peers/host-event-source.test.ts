import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestDatabase, testDatabase } from '@atelier/adapters/postgres/testing';
import { enrollAgent } from '@atelier/agent';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AgentProcess, freePort, startAgentProcess } from './agent/agent-process.ts';
import { type PeerJournal, peerJournal } from './agent/peer-journal.ts';
import { makeAtelier } from './cli/atelier.ts';
import { Caller, until } from './server/caller.ts';
import { password } from './server/test-server.ts';

// A host that the server cannot reach brings its events by itself (source-initiated subscriptions); both are processes that are killed in between.

let folder: string;
let journal: PeerJournal;
let port: number;
let database: TestDatabase;
let server: { readonly child: ChildProcess; readonly url: string; readonly ca: string; readonly setupLink: string };
let agent: AgentProcess;
let headers: Record<string, string>;

async function startServer() {
  const script = join(import.meta.dirname, 'server/run-server.ts');
  const child = spawn(process.execPath, [script, join(folder, 'server'), String(port), database.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  server = { child, ...JSON.parse(line) };
}
const startAgent = async () => {
  agent = await startAgentProcess({}, { journal: journal.arguments }, join(folder, 'agent'));
};
const kill = async (child: ChildProcess) => {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
};
const owner = () => new Caller(server.url, server.ca, headers);

async function details(): Promise<string[]> {
  const found: { detail: string; name: string }[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await owner().get(`/api/v1/events?limit=200&name=host.event${cursor}`);
    found.push(...body.items);
    if (!body.next) break;
    cursor = `&cursor=${body.next}`;
  }
  return found
    .filter((one) => one.name === 'host.event')
    .map((one) => one.detail)
    .toReversed();
}
const host = async () => (await owner().get('/api/v1/hosts?search=source-1')).body.items[0];

beforeAll(async () => {
  [database, folder, port] = await Promise.all([
    testDatabase(),
    mkdtemp(join(tmpdir(), 'atelier-event-source-')),
    freePort(),
  ]);
  journal = peerJournal(folder);
  await startServer();
  const token = server.setupLink.split('token=')[1];
  const made = await new Caller(server.url, server.ca).post('/api/v1/setup', { token, name: 'owner', password });
  headers = { authorization: `Bearer ${/ats_[\w-]+/.exec(String(made.headers['set-cookie']))![0]}` };
  const { body } = await owner().post('/api/v1/hosts/invitations', {});
  const stateFolder = join(folder, 'agent');
  await enrollAgent({
    stateFolder,
    server: server.url,
    token: body.token,
    name: 'source-1',
    // Nobody listens there.
    address: 'https://127.0.0.1:9',
    listen: { address: '127.0.0.1', port: await freePort() },
    runAs: userInfo().username,
    forwardEvents: true,
  });
  await startAgent();
});
afterAll(async () => {
  await agent?.stop();
  if (server) {
    const gone = once(server.child, 'exit');
    server.child.kill('SIGTERM');
    await gone;
  }
  await database?.close();
  if (folder) await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
});

it('stores what a host brings that nobody can reach', { timeout: 40_000 }, async () => {
  journal.write(3, 'disk on fire');
  journal.write(6, 'nothing to see');
  journal.write(4, 'disk is warm');
  await until(async () => (await details()).length === 2);
  expect(await details()).toEqual(['disk on fire', 'disk is warm']);
  const found = await host();
  expect(found.events).toEqual({ flow: 'host', heardAt: expect.any(String) });
  expect(found.state).not.toBe('reachable');
  const { body } = await owner().get('/api/v1/events?limit=50&name=host.event');
  expect(body.items.find((one: { detail: string }) => one.detail === 'disk on fire')).toMatchObject({
    severity: 'error',
    source: 'source-1',
    data: { channel: 'Application', provider: 'peer', computer: 'sample' },
  });
});

it('has each event once, and in order, however often either of them is killed', { timeout: 60_000 }, async () => {
  const wanted = await details();
  let next = 0;
  const log = (count: number) => {
    const more = Array.from({ length: count }, () => `event ${next++}`);
    wanted.push(...more);
    journal.write(3, ...more);
  };
  /** In the middle of what is logged, at a moment that is never the same. */
  const under = async (way: number) => {
    log(150);
    await until(async () => (await details().catch(() => [])).length > wanted.length - 150 + way);
  };
  await under(0);
  await kill(server.child);
  log(60);
  await startServer();
  await under(20);
  await kill(agent.child);
  log(60);
  await startAgent();
  await under(40);
  await Promise.all([kill(server.child), kill(agent.child)]);
  log(60);
  await Promise.all([startServer(), startAgent()]);
  await until(async () => (await details()).length >= wanted.length);
  log(1);
  await until(async () => (await details()).length >= wanted.length);
  expect(await details()).toEqual(wanted);
});

it('ends when the host no longer shall, which the server is told', { timeout: 20_000 }, async () => {
  const atelier = await makeAtelier();
  atelier.env.ATELIER_AGENT_STATE = join(folder, 'agent');
  try {
    const [known] = await atelier.json<{ server: string }[]>('agent', 'forward', 'ls');
    expect(known!.server).toBe(`${server.url}/wsman/SubscriptionManager/WEC`);
    const removed = await atelier.run(['agent', 'forward', 'rm', known!.server]);
    expect(removed.code, removed.err).toBe(0);
  } finally {
    await atelier.remove();
  }
  await until(async () => (await host()).events.flow === 'waiting');
});
