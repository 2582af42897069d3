import { createHash, X509Certificate } from 'node:crypto';
import { commandShell } from '@atelier/adapters/command-shell';
import { sampleProvider, startTestAgent, type TestAgent } from '@atelier/adapters/wsman-listener/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { until } from './server/caller.ts';
import { type TestServer, testServer } from './server/test-server.ts';

let server: TestServer;
let agent: TestAgent;

beforeAll(async () => {
  [server, agent] = await Promise.all([
    testServer(),
    startTestAgent({ providers: [sampleProvider(250)], shells: [commandShell({})] }),
  ]);
});
afterAll(async () => {
  await agent?.stop();
  await server?.stop();
});

const fingerprint = () => createHash('sha256').update(new X509Certificate(agent.tls.cert).raw).digest('hex');
const signIn = { kind: 'basic', user: 'admin', password: 'Secret-1' };

async function addHost(name: string, more: object = {}) {
  const trust = { kind: 'fingerprint', sha256: fingerprint() };
  const made = await server.owner.post('/api/v1/hosts', { name, address: agent.https, signIn, trust, ...more });
  expect(made.status, made.text).toBe(201);
  return made.body as { id: string };
}

const stateOf = async (id: string) => (await server.owner.get(`/api/v1/hosts/${id}`)).body;

describe('the register of hosts', () => {
  it('contacts a host at once, keeps its password to itself and audits who added it', async () => {
    const { id } = await addHost('web-1');
    const host = await until(async () => {
      const found = await stateOf(id);
      return found.state === 'reachable' ? found : undefined;
    });
    expect(host).toMatchObject({ name: 'web-1', enrolled: false, signIn: { kind: 'basic', user: 'admin' } });
    expect(host.product).toContain('Atelier');
    const listed = await server.owner.get('/api/v1/hosts?search=web');
    expect(listed.body.items).toHaveLength(1);
    const audit = await server.owner.get('/api/v1/audit');
    expect(audit.text).toContain('host.add');
    for (const told of [listed.text, audit.text, JSON.stringify(host)]) expect(told).not.toContain('Secret-1');
  });

  it.each([
    ['wrong-password', { signIn: { ...signIn, password: 'another' } }, 'refused', /refused the logon/],
    ['wrong-certificate', { trust: { kind: 'system' } }, 'refused', /certificate/],
    ['nobody-there', { address: 'https://127.0.0.1:9/wsman' }, 'unreachable', /127\.0\.0\.1/],
  ])('says of %s what is wrong', async (name, more, state, detail) => {
    const { id } = await addHost(name, more);
    const host = await until(async () => {
      const found = await stateOf(id);
      return found.state === 'new' ? undefined : found;
    });
    expect(host).toMatchObject({ state, stateDetail: expect.stringMatching(detail), health: { level: 'unknown' } });
    expect((await server.owner.send('DELETE', `/api/v1/hosts/${id}`)).status).toBe(204);
    expect((await server.owner.get(`/api/v1/hosts/${id}`)).body.code).toBe('host.not-found');
  });

  it('refuses a second host of a name, in whatever letters', async () => {
    const body = { name: 'WEB-1', address: 'elsewhere', signIn };
    expect((await server.owner.post('/api/v1/hosts', body)).body.code).toBe('host.name-taken');
  });

  it('is for those who may see it', async () => {
    const { caller } = await server.person('hosts-nobody');
    expect((await caller.get('/api/v1/hosts')).status).toBe(403);
    expect((await caller.post('/api/v1/hosts/invitations', {})).status).toBe(403);
  });
});

describe('a host, live', () => {
  it('gives instances, page by page, up to a limit', async () => {
    const { id } = await addHost('live-1');
    const all = await server.owner.get(`/api/v1/hosts/${id}/instances?className=Sample_Thing`);
    expect([all.body.items.length, all.body.more]).toEqual([250, false]);
    expect(all.body.items[249]).toEqual({ Name: 'thing249', Size: '1' });
    const some = await server.owner.get(`/api/v1/hosts/${id}/instances?className=Sample_Thing&limit=10`);
    expect([some.body.items.length, some.body.more]).toEqual([10, true]);
    const unknown = await server.owner.get(`/api/v1/hosts/${id}/instances?className=No_Such`);
    expect(unknown.body).toMatchObject({ code: 'host.fault', detail: expect.stringContaining('live-1') });
  });

  it('calls methods, and says so in the audit log', async () => {
    const { id } = await addHost('calls-1');
    const body = {
      className: 'Sample_Thing',
      selectors: { Name: 'thing1' },
      method: 'Echo',
      input: { Answer: 42, Many: [1, 2] },
    };
    const { body: answer } = await server.owner.post(`/api/v1/hosts/${id}/invoke`, body);
    expect(answer.output.Echo_INPUT).toMatchObject({ Answer: '42', Many: ['1', '2'] });
    expect((await server.owner.get('/api/v1/audit')).text).toContain('host.invoke');
    const wrong = await server.owner.post(`/api/v1/hosts/${id}/invoke`, { ...body, method: 'Nothing' });
    expect(wrong.body).toMatchObject({ code: 'host.fault', extra: { number: 2150858771 } });
  });

  it('runs a command: output as it comes, exit code, input', async () => {
    const { id } = await addHost('runs-1');
    const body = { command: 'cat; echo wrong >&2; exit 7', stdin: Buffer.from('żółw\n').toString('base64') };
    const answer = await server.owner.post(`/api/v1/hosts/${id}/run`, body);
    const lines = answer.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const text = (stream: string) =>
      Buffer.concat(
        lines.filter((one) => one.stream === stream).map((one) => Buffer.from(one.data, 'base64')),
      ).toString();
    expect([text('stdout'), text('stderr'), lines.at(-1)]).toEqual(['żółw\n', 'wrong\n', { exitCode: 7 }]);
    expect((await server.owner.get('/api/v1/audit')).text).toContain('host.run');
  });

  it('ends a command that takes too long', async () => {
    const { id } = await addHost('slow-1');
    const answer = await server.owner.post(`/api/v1/hosts/${id}/run`, { command: 'sleep 60', timeoutSeconds: 1 });
    expect(JSON.parse(answer.text.trim())).toMatchObject({
      code: 'host.fault',
      error: expect.stringContaining('after 1 s'),
    });
  });

  it('opens a shell with a terminal over a WebSocket', async () => {
    const { id } = await addHost('shell-1');
    const url = `${server.server.url.replace('https', 'wss')}/api/v1/hosts/${id}/shell?columns=91&rows=33`;
    const socket = new WebSocket(url, [], {
      ca: server.server.ca,
      headers: server.owner.headers,
    });
    let shown = '';
    const ended = new Promise<unknown>((resolve) =>
      socket.on('message', (data: Buffer, binary: boolean) => {
        if (binary) shown += data.toString();
        else resolve(JSON.parse(data.toString()));
      }),
    );
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.send(Buffer.from('stty size; tty\n'));
    await until(async () => /33 91[\s\S]*\/dev\/pts/.test(shown) || undefined);
    socket.send(JSON.stringify({ resize: { columns: 120, rows: 40 } }));
    // The size arrives by another way than what is typed: it is asked for until it is there.
    await until(async () => {
      socket.send(Buffer.from('stty size\n'));
      return shown.includes('40 120') || undefined;
    });
    socket.send(Buffer.from('exit 3\n'));
    expect(await ended).toEqual({ exit: 3 });
    await new Promise((resolve) =>
      socket.readyState === socket.CLOSED ? resolve(null) : socket.once('close', resolve),
    );
  });
});
