import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { password, type TestServer, testServer } from './server/test-server.ts';

let test: TestServer;
beforeAll(async () => {
  test = await testServer();
});
afterAll(() => test.stop());

const group = async (name: string): Promise<string> => (await test.owner.post('/api/v1/groups', { name })).body.id;
const put = (inside: string, kind: 'user' | 'group', id: string) =>
  test.owner.send('PUT', `/api/v1/groups/${inside}/members/${kind}/${id}`);
const remove = (inside: string, kind: 'user' | 'group', id: string) =>
  test.owner.send('DELETE', `/api/v1/groups/${inside}/members/${kind}/${id}`);
const give = (kind: 'user' | 'group', id: string, role: string) =>
  test.owner.post('/api/v1/role-bindings', { principal: { kind, id }, role });

describe('groups', () => {
  it('give their roles through other groups', async () => {
    const { id, caller } = await test.person('nested');
    const [outer, middle, inner] = [await group('outer'), await group('middle'), await group('inner')];
    expect((await put(outer, 'group', middle)).status).toBe(204);
    expect((await put(middle, 'group', inner)).status).toBe(204);
    expect((await put(inner, 'user', id)).status).toBe(204);
    expect((await put(inner, 'user', id)).status).toBe(204);
    await give('group', outer, 'auditor');
    expect((await caller.get('/api/v1/audit')).status).toBe(200);
    const seen = (await test.owner.get('/api/v1/users/nested')).body.groups;
    expect(seen.map((one: { name: string; direct: boolean }) => [one.name, one.direct])).toEqual([
      ['everyone', true],
      ['inner', true],
      ['middle', false],
      ['outer', false],
    ]);
    expect((await remove(middle, 'group', inner)).status).toBe(204);
    expect((await caller.get('/api/v1/audit')).status).toBe(403);
    const members = (await test.owner.get(`/api/v1/groups/${inner}/members`)).body.items;
    expect(members).toEqual([{ kind: 'user', id, name: 'nested' }]);
  });

  it('cannot contain themselves, also when two changes would close the circle together', async () => {
    const [a, b, c] = [await group('circle a'), await group('circle b'), await group('circle c')];
    expect((await put(a, 'group', a)).body.code).toBe('people.group-cycle');
    await put(a, 'group', b);
    await put(b, 'group', c);
    expect((await put(c, 'group', a)).body.code).toBe('people.group-cycle');
    const [d, e] = [await group('circle d'), await group('circle e')];
    const both = await Promise.all([put(d, 'group', e), put(e, 'group', d)]);
    expect(both.map((one) => one.status).sort()).toEqual([204, 409]);
  });

  it('have one that everybody is in, and that stays', async () => {
    const everyone = (await test.owner.get('/api/v1/groups/everyone')).body;
    const { id, caller } = await test.person('anybody');
    expect(everyone).toMatchObject({ builtIn: true, memberCount: expect.any(Number) });
    expect((await test.owner.send('DELETE', `/api/v1/groups/${everyone.id}`)).status).toBe(400);
    expect((await put(everyone.id, 'user', id)).status).toBe(400);
    const rename = await test.owner.send('PATCH', `/api/v1/groups/${everyone.id}`, { body: { name: 'some' } });
    expect(rename.status).toBe(400);
    const binding = (await give('group', everyone.id, 'helpdesk')).body;
    expect((await caller.get('/api/v1/endpoints')).status).toBe(200);
    expect((await test.owner.send('DELETE', `/api/v1/role-bindings/${binding.id}`)).status).toBe(204);
    expect((await caller.get('/api/v1/endpoints')).status).toBe(403);
    const first = await test.owner.get(`/api/v1/groups/${everyone.id}/members?limit=1`);
    const second = await test.owner.get(`/api/v1/groups/${everyone.id}/members?limit=1&cursor=${first.body.next}`);
    expect([first.body.items[0].name, second.body.items[0].name]).toEqual(['anybody', 'nested']);
  });
});

describe('names', () => {
  it('are unique without regard to case, and of the form that the contract says', async () => {
    await test.owner.post('/api/v1/users', { name: 'Zoé Müller' });
    const same = await test.owner.post('/api/v1/users', { name: 'ZOÉ MÜLLER' });
    expect(same.body.code).toBe('people.name-taken');
    for (const name of ['', ' blank first', 'a/b', 'x'.repeat(65), 'two\nlines', '<b>'])
      expect([name, (await test.owner.post('/api/v1/users', { name })).status]).toEqual([name, 400]);
    const id = await group('renamed');
    await group('taken');
    const taken = await test.owner.send('PATCH', `/api/v1/groups/${id}`, { body: { name: 'TAKEN' } });
    expect(taken.body.code).toBe('people.name-taken');
    const link = (await test.server.createSetupLink()).split('token=')[1];
    const setup = await test.anonymous.post('/api/v1/setup', { token: link, name: '<script>', password });
    expect(setup.body.code).toBe('request.invalid');
  });
});

describe('the last owner', () => {
  const owners = async () => (await test.owner.get('/api/v1/role-bindings')).body.items;

  it('stays an owner, whichever way one tries', async () => {
    const mine = (await owners()).find((one: { principal: { name: string } }) => one.principal.name === 'owner');
    const self = `/api/v1/users/${mine.principal.id}`;
    const attempts = () =>
      Promise.all([
        test.owner.send('DELETE', `/api/v1/role-bindings/${mine.id}`),
        test.owner.send('PATCH', self, { body: { disabled: true } }),
        test.owner.send('DELETE', self),
      ]);
    for (const answer of await attempts()) expect(answer.body.code).toBe('people.last-owner');
    // An owner who cannot sign in is none.
    const passwordless = (await test.owner.post('/api/v1/users', { name: 'no-password' })).body;
    await give('user', passwordless.id, 'owner');
    for (const answer of await attempts()) expect(answer.body.code).toBe('people.last-owner');
    const owning = await group('owning');
    const { id } = await test.person('second');
    await put(owning, 'user', id);
    await give('group', owning, 'owner');
    expect((await test.owner.send('DELETE', `/api/v1/role-bindings/${mine.id}`)).status).toBe(204);
    // Now the group's member is the last one; the first has no right any more to take it away.
    expect((await test.owner.get('/api/v1/users')).status).toBe(403);
    const secret = (await test.anonymous.post('/api/v1/session', { name: 'second', password })).body.secret;
    const second = test.anonymous.bearer(secret);
    const leave = await second.send('DELETE', `/api/v1/groups/${owning}/members/user/${id}`);
    expect(leave.body.code).toBe('people.last-owner');
    expect((await second.send('DELETE', `/api/v1/groups/${owning}`)).body.code).toBe('people.last-owner');
    const verdict = await second.post('/api/v1/audit/verify');
    expect(verdict.body.ok).toBe(true);
  });
});

describe('the own password', () => {
  it('is changed with the old one, and ends the other sessions', async () => {
    const link = (await test.server.createSetupLink()).split('token=')[1];
    const made = await test.anonymous.post('/api/v1/setup', { token: link, name: 'changes', password });
    const first = test.anonymous.bearer(/ats_[\w-]+/.exec(String(made.headers['set-cookie']))![0]);
    const signedIn = await test.anonymous.post('/api/v1/session', { name: 'changes', password });
    const second = test.anonymous.bearer(signedIn.body.secret);
    const change = (current: string, next: string) =>
      first.send('PUT', '/api/v1/session/password', { body: { current, next } });
    expect((await change('wrong', 'a new long password')).body.code).toBe('people.sign-in-failed');
    expect((await change(password, 'short')).body.code).toBe('people.password-weak');
    expect((await change(password, 'changeschanges')).body.code).toBe('people.password-weak');
    expect((await change(password, 'a new long password')).status).toBe(204);
    expect((await first.get('/api/v1/session')).status).toBe(200);
    expect((await second.get('/api/v1/session')).status).toBe(401);
    const old = await test.anonymous.post('/api/v1/session', { name: 'changes', password });
    expect(old.status).toBe(401);
  });
});
