import { contract, type Endpoint, fillPath } from '@atelier/api';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import type { Caller, Reply } from './server/caller.ts';
import { type TestServer, testServer } from './server/test-server.ts';

let test: TestServer;
let nobodyInParticular: Caller;
beforeAll(async () => {
  test = await testServer();
  nobodyInParticular = (await test.person('plain')).caller;
});
afterAll(() => test.stop());

const someId = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
/** Values that pass the contract's own rules and name nothing. */
const values: Record<string, string> = { name: 'no-such', number: '1', channel: 'stable', kind: 'user' };
const routes = Object.entries(contract).flatMap(([capability, all]) =>
  Object.entries(all as Record<string, Endpoint>).map(
    ([name, endpoint]) => [`${capability}.${name}`, endpoint] as const,
  ),
);
const paramsOf = ({ path }: Endpoint) =>
  Object.fromEntries([...path.matchAll(/:([A-Za-z]+)/g)].map(([, name]) => [name!, values[name!] ?? someId]));
const queryOf = (endpoint: Endpoint) => (endpoint.query?.shape.endpoint && endpoint.stream ? { endpoint: someId } : {});
const addressOf = (endpoint: Endpoint) => fillPath(endpoint.path, paramsOf(endpoint), queryOf(endpoint));

/** An upgrade that is refused, as a reply. */
const upgrade = (caller: Caller, path: string): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(caller.url.replace('https', 'wss') + path, {
      headers: caller.headers,
      ca: test.server.ca,
    });
    socket.on('open', () => reject(new Error(`${path} let a socket in`)));
    socket.on('unexpected-response', (_, answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, body: JSON.parse(text) }),
      );
    });
    socket.on('error', reject);
  });

async function call(caller: Caller, endpoint: Endpoint): Promise<Reply> {
  const path = addressOf(endpoint);
  if (endpoint.stream === 'socket') return upgrade(caller, path);
  if (endpoint.stream === 'in')
    return caller.send(endpoint.method, path, { raw: 'x', headers: { 'content-type': 'application/octet-stream' } });
  // Nothing in the body is right, so nothing is changed by those who may call.
  return caller.send(endpoint.method, path, endpoint.body ? { body: { unexpected: true } } : {});
}

describe('the served document', () => {
  it('passes a public validator of OpenAPI 3.1 and has every route', async () => {
    const { body, headers } = await test.anonymous.get('/api/openapi.json');
    expect(headers['content-type']).toContain('application/json');
    const result = await new Validator().validate(structuredClone(body));
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
    expect(body.openapi).toMatch(/^3\.1\./);
    const operations = Object.values(body.paths as Record<string, object>).flatMap((path) => Object.values(path));
    expect(operations.map((one) => one.operationId).sort()).toEqual(routes.map(([name]) => name).sort());
  });
});

describe('every route', () => {
  it('is there', () => expect(routes.length).toBeGreaterThan(90));

  it.each(routes)('%s refuses nobody in particular unless it is public', async (_name, endpoint) => {
    const answer = await call(test.anonymous, endpoint);
    if (endpoint.access === 'public') {
      expect(answer.body?.code).not.toBe('people.not-signed-in');
      return;
    }
    expect(answer.headers['content-type']).toContain('application/problem+json');
    const code = endpoint.access === 'device' ? 'endpoint.certificate' : 'people.not-signed-in';
    expect([answer.status, answer.body.code]).toEqual([401, code]);
    expect(answer.body).toMatchObject({ cause: expect.any(String), fix: expect.any(String), type: `/errors/${code}` });
  });

  it.each(routes.filter(([, { access }]) => access.includes(':') && access !== 'my:use'))(
    '%s refuses a person without the permission',
    async (_name, endpoint) => {
      const answer = await call(nobodyInParticular, endpoint);
      expect([answer.status, answer.body.code]).toEqual([403, 'people.not-allowed']);
      expect(answer.body.extra.permission).toBe(endpoint.access);
    },
  );

  it.each(routes.filter(([, { access }]) => access === 'device'))('%s refuses people', async (_name, endpoint) => {
    const answer = await call(test.owner, endpoint);
    expect([answer.status, answer.body.code]).toEqual([401, 'endpoint.certificate']);
  });

  // Those that act without a body are tried where their capability is tested. Those that only read come first: an empty object is enough to make some things.
  const harmless = routes
    .filter(
      ([name, { access, stream, method, body }]) =>
        access !== 'device' && stream !== 'events' && (method === 'GET' || body) && name !== 'sessions.signOut',
    )
    .toSorted(([, a], [, b]) => Number(a.method !== 'GET') - Number(b.method !== 'GET'));
  it.each(harmless)('%s answers an owner by the contract', async (_name, endpoint) => {
    const answer = await call(test.owner, endpoint);
    const required = endpoint.query && !endpoint.query.safeParse({}).success && !endpoint.stream;
    if (endpoint.body || required) {
      // An empty object is enough for some; then the object named is not there.
      if (answer.status === 400) expect(answer.body.code).toMatch(/^[a-z]+\.[a-z-]+$/);
      else expect([200, 201, 202, 204, 403, 404, 409]).toContain(answer.status);
    } else if (endpoint.stream === 'socket') {
      expect([404, 409]).toContain(answer.status);
    } else if (endpoint.path.includes(':')) {
      expect([answer.status, answer.body?.code]).toEqual([404, expect.stringMatching(/\.not-found$/)]);
    } else expect(answer.status).toBe(200);
    if (answer.status >= 400) expect(answer.body.code).not.toBe('request.not-found');
    if (answer.status < 300 && endpoint.response)
      expect(endpoint.response.safeParse(answer.body).error?.issues ?? []).toEqual([]);
  });
});
