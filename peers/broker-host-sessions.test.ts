import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { openSessionDirectory, type SessionDirectory } from '@atelier/adapters/session-directory';
import { enrollAgent } from '@atelier/agent';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentProcess, freePort, startAgentProcess } from './agent/agent-process.ts';
import { until } from './server/caller.ts';
import { type TestServer, testServer } from './server/test-server.ts';

const me = userInfo().username;
/** Nobody else's: far from where displays are counted from. */
const display = `:${20_000 + (process.pid % 20_000)}`;
let server: TestServer;
let agent: AgentProcess;
let folder: string;
let directory: SessionDirectory;
let targetId: string;
const children: ChildProcess[] = [];

const start = (command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess => {
  const child = spawn(command, args, { stdio: 'ignore', env: { ...process.env, ...env } });
  children.push(child);
  return child;
};
const runs = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

beforeAll(async () => {
  const [started, made, port] = await Promise.all([
    testServer(),
    mkdtemp(join(tmpdir(), 'atelier-sessions-')),
    freePort(),
  ]);
  [server, folder] = [started, made];
  directory = openSessionDirectory(server.database);
  const invited = await server.owner.post('/api/v1/hosts/invitations', {});
  await enrollAgent({
    stateFolder: folder,
    server: server.server.url,
    token: invited.body.token,
    name: 'session-host-1',
    address: `https://127.0.0.1:${port}`,
    listen: { address: '127.0.0.1', port },
    runAs: me,
  });
  agent = await startAgentProcess({}, {}, folder);
  const host = await until(async () => {
    const { body } = await server.owner.get('/api/v1/hosts?search=session-host-1');
    return body.items[0]?.state === 'reachable' && body.items[0];
  });
  await server.owner.post('/api/v1/collections', { name: 'Hosts', kind: 'session-hosts' });
  const target = await server.owner.post('/api/v1/targets', {
    name: 'session-host-1',
    kind: 'session-host',
    collection: 'hosts',
    state: 'running',
    hostId: host.id,
  });
  expect(target.body).toMatchObject({ host: 'session-host-1' });
  targetId = target.body.id;
  start('Xvfb', [display, '-nolisten', 'tcp', '-screen', '0', '320x240x24']);
  await until(async () => existsSync(`/tmp/.X11-unix/X${display.slice(1)}`));
});
afterAll(async () => {
  for (const child of children.filter(runs)) {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
  await agent?.stop();
  await server?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const logOn = async () =>
  (await directory.report({ targetId, user: me, what: 'log-on', hostSessionId: `${display}.0` }))!;
const act = (id: string, verb: string, body?: object) =>
  server.owner.post(`/api/v1/desktop-sessions/${id}/${verb}`, body);

describe('a session on a managed host', () => {
  it('shows a message, or says what the host lacks for it', async () => {
    const session = await logOn();
    const sent = await act(session.id, 'message', { text: 'We restart at "noon"; $(save)' });
    const tool = ['zenity', 'kdialog', 'xmessage'].find((name) => spawnSync('which', [name]).status === 0);
    if (tool) expect(sent.status, sent.text).toBe(204);
    else
      expect([sent.status, sent.body.code, sent.body.detail]).toEqual([
        502,
        'broker.command-failed',
        expect.stringContaining('none of zenity'),
      ]);
  });

  it('is logged off there: its programs and its X server end, and nobody else’s', async () => {
    const session = await logOn();
    const mine = start('sleep', ['1000'], { DISPLAY: `${display}.0` });
    const other = start('sleep', ['1000'], { DISPLAY: ':0' });
    const off = await act(session.id, 'log-off');
    expect(off.status, off.text).toBe(200);
    expect(off.body).toMatchObject({ state: 'logged-off', managed: true });
    await until(async () => !runs(mine) && !runs(children[0]!));
    expect(runs(other)).toBe(true);
    expect((await server.owner.get('/api/v1/targets/session-host-1')).body).toMatchObject({ numSessions: 0 });
  });

  it('that the host does not have cannot be logged off, and says so', async () => {
    const session = await logOn();
    const off = await act(session.id, 'log-off');
    expect([off.status, off.body.code]).toEqual([502, 'broker.command-failed']);
    expect(off.body.detail).toContain(`no session of ${me}`);
    expect((await server.owner.get(`/api/v1/desktop-sessions/${session.id}`)).body).toMatchObject({ state: 'active' });
  });
});
