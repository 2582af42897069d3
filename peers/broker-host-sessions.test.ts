import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { openSessionDirectory, type SessionDirectory } from '@atelier/adapters/session-directory';
import { enrollAgent } from '@atelier/agent';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentProcess, freePort, startAgentProcess } from './agent/agent-process.ts';
import { Caller, until } from './server/caller.ts';
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
    if (tool) {
      expect(sent.status, sent.text).toBe(204);
      // Not only begun: an agent ends what a shell started when the shell is closed.
      const windows = () =>
        spawnSync('xdotool', ['search', '--onlyvisible', '--name', '^Message$'], {
          env: { ...process.env, DISPLAY: display },
        })
          .stdout.toString()
          .trim();
      const shown = await until(async () => windows());
      await act(session.id, 'message', { title: 'Second', text: '-file /etc/hostname\nnoon – €' });
      expect(windows()).toBe(shown);
    } else
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

describe('what a host reports', () => {
  const live = async () =>
    (await server.owner.get('/api/v1/desktop-sessions?which=live')).body.items
      .map((one: { user: string; target: { name: string }; hostSessionId: string; state: string }) =>
        [one.user, one.target.name, one.hostSessionId, one.state].join(' '),
      )
      .toSorted();
  const report = (caller: Caller, body: object | string) =>
    caller.send('POST', '/agent/desktop-sessions', {
      raw: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
      headers: { 'content-type': 'application/vnd.atelier.host-report+json' },
    });

  it('is taken by its certificate only, and for its own targets', async () => {
    expect((await report(server.anonymous, { changes: [], sessions: [] })).status).toBe(401);
    expect((await report(server.owner, { changes: [], sessions: [] })).status).toBe(401);
    const { certificate: cert, privateKey: key } = JSON.parse(await readFile(join(folder, 'enrollment.json'), 'utf8'));
    const host = new Caller(server.server.url, server.server.ca, {}, { cert, key });
    expect((await report(host, 'nonsense')).status).toBe(400);
    expect(
      (await report(host, { changes: [{ what: 'reboot', user: 'ada', hostSessionId: ':1' }], sessions: null })).status,
    ).toBe(400);

    await server.owner.post('/api/v1/collections', { name: 'Others', kind: 'session-hosts' });
    const own = { kind: 'session-host', collection: 'others', state: 'running' };
    const { hostId } = (await server.owner.get('/api/v1/targets/session-host-1')).body;
    await server.owner.post('/api/v1/targets', { ...own, name: 'session-host-1-too', hostId });
    const foreign = (await server.owner.post('/api/v1/targets', { ...own, name: 'foreign' })).body.id;
    await directory.report({ targetId: foreign, user: 'eve', what: 'log-on', hostSessionId: ':10' });

    // The one that was left above is old by now, and the host does not have it.
    expect(await live()).toHaveLength(2);
    const changed_at = new Date(Date.now() - 60_000);
    await server.database.db.updateTable('broker_session').set({ changed_at }).where('user_name', '=', me).execute();
    const seen = (user: string, hostSessionId: string, state = 'active') => ({ user, hostSessionId, state });
    const said = await report(host, {
      changes: [
        { what: 'log-on', user: 'ada', hostSessionId: ':10' },
        { what: 'log-on', user: 'bob', hostSessionId: ':11' },
        { what: 'log-off', user: 'bob', hostSessionId: ':11' },
        { what: 'log-off', user: 'eve', hostSessionId: ':10' },
      ],
      sessions: [seen('ada', ':10'), seen('carl', ':12', 'disconnected')],
    });
    expect(said.status, said.text).toBe(200);
    expect(said.body).toMatchObject({ targets: [targetId, expect.any(String)], publicKey: expect.any(String) });
    expect(await live()).toEqual(
      ['ada session-host-1 :10 active', 'carl session-host-1 :12 disconnected', 'eve foreign :10 active'].toSorted(),
    );
  });

  it('is missed when it stays away', async () => {
    const silentSince = async () => (await server.owner.get('/api/v1/targets/session-host-1')).body.hostSilentSince;
    expect(await silentSince()).toBeNull();
    const heard = new Date(Date.now() - 6 * 60_000);
    await server.database.db.updateTable('host').set({ sessions_heard_at: heard }).execute();
    expect(await silentSince()).toBe(heard.toISOString());
    const { certificate: cert, privateKey: key } = JSON.parse(await readFile(join(folder, 'enrollment.json'), 'utf8'));
    const host = new Caller(server.server.url, server.server.ca, {}, { cert, key });
    expect((await report(host, { changes: [], sessions: null })).status).toBe(200);
    expect(await silentSince()).toBeNull();
  });

  it('is refused once the host is forgotten', async () => {
    const { certificate: cert, privateKey: key } = JSON.parse(await readFile(join(folder, 'enrollment.json'), 'utf8'));
    const host = new Caller(server.server.url, server.server.ca, {}, { cert, key });
    const { items } = (await server.owner.get('/api/v1/hosts?search=session-host-1')).body;
    expect((await server.owner.send('DELETE', `/api/v1/hosts/${items[0].id}`)).status).toBe(204);
    expect((await report(host, { changes: [], sessions: [] })).body.code).toBe('host.not-found');
  });
});
