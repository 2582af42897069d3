import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { enrollAgent } from '@atelier/agent';
import { type RunningServer, serverConfig, startServer } from '@atelier/server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AgentProcess, freePort, startAgentProcess } from './agent/agent-process.ts';
import { type PeerJournal, peerJournal } from './agent/peer-journal.ts';
import { Caller, until } from './server/caller.ts';
import { type TestServer, testServer } from './server/test-server.ts';

let test: TestServer;
let agent: AgentProcess;
let folder: string;
let second: string;
const restarted: RunningServer[] = [];
let journal: PeerJournal;

const events = async (caller: Caller) => {
  const { body } = await caller.get('/api/v1/events?limit=200&name=host.event');
  // biome-ignore lint/suspicious/noExplicitAny: as the API gives them
  return (body.items as any[]).filter((one) => one.name === 'host.event').toReversed();
};
const collected = async (caller: Caller, count: number) =>
  await until(async () => {
    const found = await events(caller);
    return found.length >= count ? found : undefined;
  });

/** A server over the same database, with the keys in `stateDir`. */
const startOver = (stateDir: string) =>
  startServer(serverConfig({ stateDir, databaseUrl: test.database.url, port: 0, logLevel: 'silent' }, {}));

beforeAll(async () => {
  [test, folder] = await Promise.all([testServer(), mkdtemp(join(tmpdir(), 'atelier-host-events-'))]);
  second = await mkdtemp(join(tmpdir(), 'atelier-second-'));
  await cp(join(test.stateDir, 'keys'), join(second, 'keys'), { recursive: true });
  journal = peerJournal(folder);
  journal.write(3, 'from before it was a host');
  const port = await freePort();
  const { body } = await test.owner.post('/api/v1/hosts/invitations', {});
  await enrollAgent({
    stateFolder: join(folder, 'agent'),
    server: test.server.url,
    token: body.token,
    name: 'watched-1',
    address: `https://127.0.0.1:${port}`,
    listen: { address: '127.0.0.1', port },
    runAs: userInfo().username,
  });
  agent = await startAgentProcess({}, { journal: journal.arguments }, join(folder, 'agent'));
});
afterAll(async () => {
  for (const one of restarted) await one.stop();
  await agent?.stop();
  await test?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
  if (second) await rm(second, { recursive: true, force: true });
});

it('stores what a host logs, warnings and worse, each once, over a restart and with two servers', {
  timeout: 60_000,
}, async () => {
  await until(async () => {
    const { body } = await test.owner.get('/api/v1/hosts?search=watched-1');
    return body.items[0]?.state === 'reachable' || undefined;
  });
  journal.write(3, 'disk on fire');
  journal.write(6, 'nothing to see');
  journal.write(4, 'disk is warm');
  const first = await collected(test.owner, 2);
  expect(first.map((one) => [one.severity, one.detail, one.source, one.category])).toEqual([
    ['error', 'disk on fire', 'watched-1', 'host'],
    ['warning', 'disk is warm', 'watched-1', 'host'],
  ]);
  expect(first[0]).toMatchObject({ code: 4003, sourceKind: 'host', userName: 'S-1-22-1-0' });
  expect(first[0].data).toMatchObject({ channel: 'Application', provider: 'peer', computer: 'sample' });

  await test.server.stop();
  journal.write(3, ...Array.from({ length: 30 }, (_, at) => `while nobody looked ${at}`));
  const started = await Promise.all([test.stateDir, second].map(startOver));
  restarted.push(...started);
  const [one, other] = started;
  const caller = new Caller(one!.url, one!.ca, test.owner.headers as Record<string, string>);
  const missed = await collected(caller, 32);
  journal.write(3, 'and after');
  const all = await collected(caller, 33);
  expect(all.map((one) => one.detail)).toEqual([...missed.map((one) => one.detail), 'and after']);
  expect(new Set(all.map((one) => one.detail)).size).toBe(33);
  expect(all.at(-2).detail).toBe('while nobody looked 29');

  // Whichever of them collected: the other one goes on when it stops.
  await other!.stop();
  journal.write(3, 'with one server less');
  expect((await collected(caller, 34)).map((each) => each.detail).slice(33)).toEqual(['with one server less']);
});
