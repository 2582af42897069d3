import { ticketCheck } from '@atelier/adapters/identity';
import { apiBase, contract, type Endpoint } from '@atelier/api';
import { may, type Permission, type Role, roleSchema } from '@atelier/domain/people';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from './server/caller.ts';
import { type TestServer, testServer } from './server/test-server.ts';

// What people may do with desktops, operation by operation and role by role, and what hostile texts come to.

let test: TestServer;
let owner: Caller;
beforeAll(async () => {
  test = await testServer();
  ({ owner } = test);
});
afterAll(() => test?.stop());

const { collections, targets, desktopSessions, myDesktops, broker, plugInWork } = contract;
const operations: readonly Endpoint[] = [collections, targets, desktopSessions, myDesktops, broker, plugInWork]
  .flatMap((one): readonly Endpoint[] => Object.values(one))
  .filter(({ stream }) => stream !== 'socket');
const called = ({ method, path }: Endpoint) => `${method} ${path}`;
/** Calls it with names of nothing: whoever is let in is told so, or that the body is none. */
const call = (caller: Caller, { method, path }: Endpoint) => {
  const address = `${apiBase}${path.replaceAll(/:[A-Za-z]+/g, 'nothing')}`;
  return method === 'GET' || method === 'DELETE'
    ? caller.send(method, address)
    : caller.send(method, address, { body: {} });
};

describe('operations', () => {
  it('ask everybody who they are', async () => {
    expect(operations.length).toBeGreaterThan(50);
    const answers = await Promise.all(operations.map((one) => call(test.anonymous, one)));
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(
      operations.map(() => [401, 'people.not-signed-in']),
    );
  });

  it.each(['nobody in particular', ...roleSchema.options] as const)('are what the role says: %s', async (role) => {
    const { id, caller } = await test.person(`as-${role.replaceAll(/\W/g, '-')}`);
    const bindings = role === 'nobody in particular' ? [] : [{ role: role as Role, scope: { kind: 'all' } as const }];
    for (const one of bindings)
      await owner.post(`${apiBase}/role-bindings`, { principal: { kind: 'user', id }, ...one });
    const answers = await Promise.all(operations.map(async (one) => [called(one), await call(caller, one)] as const));
    const refused = answers.flatMap(([name, { status, body }]) =>
      status === 403 && body.code === 'people.not-allowed' ? [name] : [],
    );
    const authority = { userId: id, bindings } as never;
    expect(refused).toEqual(
      operations.filter(({ access }) => access !== 'my:use' && !may(authority, access as Permission)).map(called),
    );
    expect(answers.filter(([, { status }]) => status === 401 || status >= 500).map(([name]) => name)).toEqual([]);
  });
});

it('refused to somebody are in the audit log, few of each person and minute', async () => {
  const { caller } = await test.person('prober');
  const { path } = targets.testEnvironment;
  const address = `${apiBase}${path.replace(':name', 'nothing')}`;
  const all = await Promise.all(Array.from({ length: 30 }, () => caller.post(address)));
  expect(all.map(({ status }) => status)).toEqual(all.map(() => 403));
  const rows = () =>
    test.database.db
      .selectFrom('audit_entry')
      .select(['object_id', 'difference'])
      .where('verb', '=', 'access.refuse')
      .where('actor_name', '=', 'prober')
      .execute();
  await expect.poll(rows).toMatchObject([{ object_id: `POST ${path}` }]);
  expect(JSON.stringify(await rows())).toContain('target:write');
});

const injections = ["'; drop table people_user; --", "\\' or 1=1", '"]}\u202e%_'];

describe('hostile texts', () => {
  it('find nothing in lists', async () => {
    const lists = operations.filter(({ method, path, query }) => method === 'GET' && query && !path.includes(':'));
    for (const { path, query } of lists) {
      const filters = Object.keys(query!.shape).filter((name) => !['limit', 'cursor'].includes(name));
      for (const name of filters)
        for (const text of injections) {
          const { status, body } = await owner.get(`${apiBase}${path}?${name}=${encodeURIComponent(text)}`);
          expect([200, 400, 404, 422], `${path}?${name}=${text}: ${JSON.stringify(body)}`).toContain(status);
        }
      const all = await owner.get(`${apiBase}${path}?limit=1000000`);
      expect(all.status, path).toBeGreaterThanOrEqual(400);
    }
    expect((await owner.get(`${apiBase}/users`)).body.items.length).toBeGreaterThan(5);
  });

  it('come into no connection file, feed or redirection: names hold no line, titles one', async () => {
    const line = 'x\r\nalternate shell:s:calc.exe';
    const refused = async (path: string, body: object, method: 'POST' | 'PATCH' = 'POST') => {
      const { status } = await owner.send(method, `${apiBase}${path}`, { body });
      expect(status, `${path} ${JSON.stringify(body)}`).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    };
    await refused('/users', { name: line, password: 'correct horse battery staple' });
    await refused('/collections', { name: line, kind: 'session-hosts' });
    const { body: made } = await owner.post(`${apiBase}/collections`, { name: 'Plain', kind: 'session-hosts' });
    const target = { collection: 'Plain', kind: 'session-host', state: 'running' };
    await refused('/targets', { ...target, name: line, endpoints: [{ address: '192.0.2.5' }] });
    for (const address of [line, 'a b', '192.0.2.5:22/', 'user@host', '../x', 'höst\0'])
      await refused('/targets', { ...target, name: 'plain', endpoints: [{ address }] });
    await refused('/targets', { ...target, name: 'plain', fqdn: line, endpoints: [{ address: '192.0.2.5' }] });
    await refused('/broker/settings', { address: line }, 'PATCH');
    await refused('/broker/settings', { address: 'desk.example.org/<script>' }, 'PATCH');
    const application = { alias: 'calc', commandLine: 'calc', title: 'Calc' };
    await refused(`/collections/${made.id}/applications`, { ...application, alias: line });
    await refused(`/collections/${made.id}/applications`, { ...application, title: line });
  });
});

it('lets one in of ten who come with the same ticket at once', async () => {
  const { id, name, caller } = await test.person('racer');
  const { body: made } = await owner.post(`${apiBase}/collections`, { name: 'Race', kind: 'session-hosts' });
  await owner.post(`${apiBase}/collections/${made.id}/entitlements`, { principal: { kind: 'user', id } });
  const { body } = await caller.post(`${apiBase}/my/desktops/Race/ticket`);
  expect(body.ticket, JSON.stringify(body)).toMatch(/^att_/);
  const others = await Promise.all(['owner', 'racer2', ''].map((who) => ticketCheck(test.database)(who, body.ticket)));
  expect(others).toEqual([null, null, null]);
  const all = await Promise.all(Array.from({ length: 10 }, () => ticketCheck(test.database)(name, body.ticket)));
  expect(all.filter((one) => one !== null)).toMatchObject([{ id, collection: 'Race' }]);
});
