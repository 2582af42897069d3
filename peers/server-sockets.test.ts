import { Readable } from 'node:stream';
import { AtelierError } from '@atelier/domain/errors';
import type { Capability } from '@atelier/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { z } from 'zod';
import { until } from './server/caller.ts';
import { password, type TestServer, testServer } from './server/test-server.ts';

const signals: AbortSignal[] = [];
const endpoint = (method: 'GET' | 'POST' | 'PUT', path: `/${string}`, rest: object = {}) =>
  ({ method, path, summary: 'a test', access: 'people:read', ...rest }) as const;

const echo: Capability = async (routes) => {
  routes.socket(
    endpoint('GET', '/test/echo/:id', { stream: 'socket', params: z.object({ id: z.string().max(5) }) }),
    async ({ params }) => {
      const { id } = params as unknown as { id: string };
      if (id === 'none') throw new AtelierError('endpoint.not-found', 'there is no such thing');
      return id;
    },
    (socket, id, context) => {
      signals.push(context.signal);
      socket.on('message', (data, binary) => socket.send(binary ? data : `${id} ${data}`));
    },
    { maxPayload: 1000, protocol: 'binary' },
  );
  routes.json(
    {
      broken: endpoint('GET', '/test/broken', { response: z.object({ number: z.number() }) }),
      extra: endpoint('GET', '/test/extra', { response: z.object({ shown: z.string() }) }),
      crash: endpoint('GET', '/test/crash'),
      count: endpoint('PUT', '/test/count', { stream: 'in', response: z.object({ bytes: z.number() }) }),
    },
    {
      broken: async () => ({ number: 'a secret that must not leak' }) as never,
      extra: async () => ({ shown: 'yes', hidden: 'a secret that must not leak' }) as never,
      crash: async () => {
        throw new Error('a secret that must not leak');
      },
      count: async (_input: unknown, context: { content?: Readable }) => {
        let bytes = 0;
        for await (const chunk of context.content!) bytes += (chunk as Buffer).length;
        return { bytes } as never;
      },
    } as never,
  );
  routes.bytes(endpoint('GET', '/test/bytes', { stream: 'out' }), async () => ({
    headers: { 'content-type': 'text/plain' },
    body: Readable.from(['one ', 'two']),
  }));
  routes.files('/test-files/', async ({ path, actor, response }) => {
    response.end(`${actor.kind} ${path}`);
  });
  return {};
};

let test: TestServer;
beforeAll(async () => {
  test = await testServer({ echo });
});
afterAll(() => test.stop());

function dial(path: string, headers: Record<string, string>) {
  const socket = new WebSocket(test.server.url.replace('https', 'wss') + path, ['binary'], {
    headers,
    ca: test.server.ca,
  });
  const state = { socket, open: false, status: 0, closed: 0, heard: [] as string[] };
  socket.on('open', () => {
    state.open = true;
  });
  socket.on('unexpected-response', (_, answer) => {
    state.status = answer.statusCode ?? 0;
    answer.resume();
    socket.terminate();
  });
  socket.on('message', (data) => state.heard.push(String(data)));
  socket.on('close', (code) => {
    state.closed = code;
  });
  socket.on('error', () => {});
  return state;
}

describe('sockets', () => {
  it('open for those who may, from our own pages', async () => {
    const good = dial('/api/v1/test/echo/a', test.owner.headers);
    await until(() => good.open);
    expect(good.socket.protocol).toBe('binary');
    good.socket.send('hello');
    await until(() => good.heard[0] === 'a hello');
    good.socket.close();
    await until(() => signals.at(-1)?.aborted);

    const signedIn = await test.anonymous.post('/api/v1/session', { name: 'owner', password });
    const cookie = String(signedIn.headers['set-cookie']).split(';')[0]!;
    const tries: [Record<string, string>, string, number][] = [
      [{}, 'a', 401],
      [{ cookie }, 'a', 403],
      [{ cookie, origin: 'https://evil.example' }, 'a', 403],
      [{ ...test.owner.headers, origin: 'https://evil.example' }, 'a', 403],
      [test.owner.headers, 'none', 404],
      [test.owner.headers, 'too-long', 400],
      [(await test.person('plain')).caller.headers, 'a', 403],
      [test.owner.headers, 'a/b', 404],
    ];
    for (const [headers, id, status] of tries) {
      const refused = dial(`/api/v1/test/echo/${id}`, headers);
      await until(() => refused.status !== 0);
      expect([id, refused.status]).toEqual([id, status]);
    }
    const own = dial('/api/v1/test/echo/b', { cookie, origin: test.server.url });
    await until(() => own.open);
    own.socket.terminate();
  });

  it('close when the person loses the right to them', async () => {
    const { id, caller } = await test.person('helper');
    const give = () => test.owner.post('/api/v1/role-bindings', { principal: { kind: 'user', id }, role: 'helpdesk' });
    const binding = (await give()).body;
    const mine = dial('/api/v1/test/echo/e', caller.headers);
    const owners = dial('/api/v1/test/echo/f', test.owner.headers);
    await until(() => mine.open && owners.open);
    await test.owner.send('DELETE', `/api/v1/role-bindings/${binding.id}`);
    await until(() => mine.closed === 1008);
    await give();
    const again = dial('/api/v1/test/echo/g', caller.headers);
    await until(() => again.open);
    await test.owner.send('PATCH', `/api/v1/users/${id}`, { body: { disabled: true } });
    await until(() => again.closed === 1008);
    expect(owners.closed).toBe(0);
    owners.socket.terminate();
  });

  it('close when a message is too large', async () => {
    const socket = dial('/api/v1/test/echo/c', test.owner.headers);
    await until(() => socket.open);
    socket.socket.send('x'.repeat(1001));
    await until(() => socket.closed === 1009);
  });
});

describe('answers', () => {
  it('show what the contract has, and nothing of what went wrong inside', async () => {
    for (const path of ['broken', 'crash']) {
      const answer = await test.owner.get(`/api/v1/test/${path}`);
      expect([answer.status, answer.body.code]).toEqual([500, 'server.internal']);
      expect(answer.text).not.toContain('must not leak');
    }
    expect((await test.owner.get('/api/v1/test/extra')).body).toEqual({ shown: 'yes' });
  });

  it('take and give bytes as streams', async () => {
    const sent = await test.owner.send('PUT', '/api/v1/test/count', {
      raw: Buffer.alloc(5_000_000),
      headers: { 'content-type': 'application/octet-stream' },
    });
    expect(sent.body).toEqual({ bytes: 5_000_000 });
    expect((await test.owner.get('/api/v1/test/bytes')).text).toBe('one two');
  });

  it('give files by clean paths only', async () => {
    expect((await test.anonymous.get('/test-files/a/b%20c?x=1')).text).toBe('nobody a/b c');
    expect((await test.owner.get('/test-files/a')).text).toBe('user a');
    for (const path of ['a%2f..%2fb', '%2e%2e/x', 'a//b', 'a%00b', '%zz', 'a%5cb'])
      expect([path, (await test.owner.get(`/test-files/${path}`)).status]).toEqual([path, 400]);
  });
});

it('a stop closes the sockets with a reason', async () => {
  const other = await testServer({ echo });
  const socket = new WebSocket(`${other.server.url.replace('https', 'wss')}/api/v1/test/echo/d`, {
    headers: other.owner.headers,
    ca: other.server.ca,
  });
  await new Promise((resolve) => socket.once('open', resolve));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await other.stop();
  expect(await closed).toBe(1001);
});
