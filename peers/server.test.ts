import { contract, type Endpoint } from '@atelier/api';
import { type Role, rolePermissions, roleSchema } from '@atelier/domain/people';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from './server/caller.ts';
import { password, type TestServer, testServer } from './server/test-server.ts';

let test: TestServer;
beforeAll(async () => {
  test = await testServer();
});
afterAll(() => test.stop());

describe('the set-up link', () => {
  it('makes one owner, once', async () => {
    expect((await test.anonymous.get('/api/v1/setup')).body).toEqual({ needed: false });
    const used = test.server.setupLink!.split('token=')[1];
    const again = await test.anonymous.post('/api/v1/setup', { token: used, name: 'second', password });
    expect([again.status, again.body.code]).toEqual([403, 'people.setup-link-invalid']);
  });

  it('can be made anew on the machine, and the one before is void', async () => {
    const first = (await test.server.createSetupLink()).split('token=')[1];
    const link = (await test.server.createSetupLink()).split('token=')[1];
    const send = (token: string | undefined) =>
      test.anonymous.post('/api/v1/setup', { token, name: 'rescuer', password });
    expect((await send(first)).status).toBe(403);
    const weak = await test.anonymous.post('/api/v1/setup', { token: link, name: 'rescuer', password: 'password123' });
    expect(weak.body.code).toBe('people.password-weak');
    // Two at once: one is the owner, the other finds the link used.
    const both = await Promise.all([send(link), send(link)]);
    expect(both.map((one) => one.status).sort()).toEqual([201, 403]);
    const made = both.find((one) => one.status === 201)!;
    expect(made.body.bindings).toEqual([{ role: 'owner', scope: { kind: 'all', id: null } }]);
    const cookie = String(made.headers['set-cookie']);
    for (const word of ['HttpOnly', 'Secure', 'SameSite=Strict', 'Path=/']) expect(cookie).toContain(word);
  });
});

describe('signing in', () => {
  it('gives a session by cookie and by secret, which ends', async () => {
    const { name } = await test.person('ends');
    const signedIn = await test.anonymous.post('/api/v1/session', { name: name.toUpperCase(), password });
    expect(signedIn.status).toBe(201);
    const cookie = String(signedIn.headers['set-cookie']).split(';')[0]!;
    const byCookie = test.anonymous.with({ cookie });
    expect((await byCookie.get('/api/v1/session')).body).toMatchObject({ user: { name }, by: 'session' });
    const out = await byCookie.send('DELETE', '/api/v1/session', { headers: { origin: test.server.url } });
    expect(out.status).toBe(204);
    expect(String(out.headers['set-cookie'])).toContain('Max-Age=0');
    expect((await byCookie.get('/api/v1/session')).status).toBe(401);
  });

  it('says the same for an unknown name and a wrong password', async () => {
    const unknown = await test.anonymous.post('/api/v1/session', { name: 'nobody-here', password: 'x' });
    const wrong = await test.anonymous.post('/api/v1/session', { name: 'owner', password: 'x' });
    const plain = ({ title, detail, status, code }: Record<string, unknown>) => ({ title, detail, status, code });
    expect(plain(unknown.body)).toEqual(plain(wrong.body));
    expect(unknown.body).toMatchObject({ status: 401, code: 'people.sign-in-failed' });
  });

  it('slows down guesses, also when they are sent at once, and lets a new password in', async () => {
    const { id, name } = await test.person('guessed');
    const guess = (tried: string) => test.anonymous.post('/api/v1/session', { name, password: tried });
    const guesses = await Promise.all(Array.from({ length: 12 }, (_, n) => guess(`wrong ${n}`)));
    const refused = guesses.filter((one) => one.status === 401).length;
    expect(refused).toBeLessThanOrEqual(6);
    // Some more, so that the wait is longer than this test may take.
    const failed = { user_name: name, ip: '127.0.0.1', succeeded: false };
    await test.database.db.insertInto('people_sign_in_attempt').values([failed, failed, failed, failed]).execute();
    const slowed = await guess(password);
    expect([slowed.status, slowed.body.code]).toEqual([429, 'people.sign-in-backoff']);
    expect(Number(slowed.headers['retry-after'])).toBeGreaterThan(0);
    const events = await until(async () => {
      const { body } = await test.owner.get('/api/v1/events?severity=warning');
      return body.items.find((one: { code: number }) => one.code === 3007) && body.items;
    });
    expect(JSON.stringify(events)).not.toContain('wrong 1');
    const next = 'another horse battery staple';
    expect((await test.owner.send('PUT', `/api/v1/users/${id}/password`, { body: { password: next } })).status).toBe(
      204,
    );
    expect((await guess(next)).status).toBe(201);
  });

  it('ends the sessions of a person who is disabled or gets a password', async () => {
    const { id, caller } = await test.person('disabled-later');
    const disabled = await test.owner.send('PATCH', `/api/v1/users/${id}`, { body: { disabled: true } });
    expect(disabled.body).toMatchObject({ disabled: true });
    expect((await caller.get('/api/v1/session')).status).toBe(401);
    const again = await test.anonymous.post('/api/v1/session', { name: 'disabled-later', password });
    expect(again.body.code).toBe('people.sign-in-failed');
  });
});

describe('API tokens', () => {
  it('do what their scopes say, and no more', async () => {
    const made = await test.owner.post('/api/v1/tokens', { name: 'reader', scopes: ['people:read'], expiresInDays: 1 });
    expect(made.body.secret).toMatch(/^atl_/);
    const token = test.anonymous.bearer(made.body.secret);
    expect((await token.get('/api/v1/users')).status).toBe(200);
    const refused = await token.post('/api/v1/users', { name: 'by-token' });
    expect(refused.body).toMatchObject({ code: 'people.not-allowed', extra: { permission: 'people:write' } });
    expect((await token.get('/api/v1/audit')).status).toBe(403);
    const outgrow = await token.post('/api/v1/tokens', { name: 'more', scopes: ['people:write'] });
    expect(outgrow.status).toBe(403);
    expect((await token.get('/api/v1/session')).body).toMatchObject({ by: 'token', permissions: ['people:read'] });
    const [listed] = (await test.owner.get('/api/v1/tokens')).body.items;
    expect(listed).toMatchObject({ name: 'reader', lastUsedAt: expect.any(String), expiresAt: expect.any(String) });
    expect((await test.owner.send('DELETE', `/api/v1/tokens/${made.body.id}`)).status).toBe(204);
    expect((await token.get('/api/v1/users')).status).toBe(401);
  });

  it('end at their time', async () => {
    const made = await test.owner.post('/api/v1/tokens', { name: 'short', scopes: ['people:read'], expiresInDays: 1 });
    await test.database.db
      .updateTable('people_token')
      .set({ expires_at: new Date(Date.now() - 1000) })
      .where('id', '=', made.body.id)
      .execute();
    expect((await test.anonymous.bearer(made.body.secret).get('/api/v1/users')).status).toBe(401);
  });
});

describe('roles', () => {
  const lists = Object.values(contract)
    .flatMap((all) => Object.values(all as Record<string, Endpoint>))
    .filter((one) => one.method === 'GET' && !one.params && !one.stream && one.access.includes(':'));

  it.each(roleSchema.options)('%s may read what its row of the table says', async (role: Role) => {
    const { id, caller } = await test.person(`has-${role}`);
    const before = await caller.get('/api/v1/users');
    expect(before.status).toBe(403);
    const given = await test.owner.post('/api/v1/role-bindings', { principal: { kind: 'user', id }, role });
    expect(given.status).toBe(201);
    expect(lists.length).toBeGreaterThan(8);
    for (const { path, access } of lists) {
      const expected = access === 'my:use' || (rolePermissions[role] as readonly string[]).includes(access) ? 200 : 403;
      expect([path, (await caller.get(`/api/v1${path}`)).status]).toEqual([path, expected]);
    }
  });

  it('hold for one object when they are given for one', async () => {
    const { db } = test.database;
    const ids = ['01ARZ3NDEKTSV4RRFFQ69G5FA1', '01ARZ3NDEKTSV4RRFFQ69G5FA2'];
    for (const [index, id] of ids.entries())
      await db
        .insertInto('image')
        .values({ id, name: `image-${index}` })
        .execute();
    const { id, caller } = await test.person('one-image');
    const body = { principal: { kind: 'user', id }, role: 'image-admin', scope: { kind: 'image', id: 'image-0' } };
    const given = await test.owner.post('/api/v1/role-bindings', body);
    expect(given.body.scope).toEqual({ kind: 'image', id: ids[0] });
    expect((await caller.get('/api/v1/images/image-0')).status).toBe(200);
    expect((await caller.get('/api/v1/images/image-1')).status).toBe(403);
    expect((await caller.get('/api/v1/images/no-such')).status).toBe(403);
    expect((await caller.get('/api/v1/images')).status).toBe(403);
    const unknown = { ...body, scope: { kind: 'image', id: 'image-9' } };
    expect((await test.owner.post('/api/v1/role-bindings', unknown)).status).toBe(400);
  });
});

describe('the audit log', () => {
  it('has every change with its difference, no password, and an unbroken chain', async () => {
    const made = await test.owner.post('/api/v1/users', { name: 'audited', password });
    await test.owner.send('PATCH', `/api/v1/users/${made.body.id}`, { body: { displayName: 'Ada' } });
    const list = await test.owner.get(`/api/v1/audit?objectKind=user&objectId=${made.body.id}`);
    expect(list.body.items).toMatchObject([
      { verb: 'user.update', actor: { name: 'owner' }, difference: { displayName: { before: '', after: 'Ada' } } },
      { verb: 'user.create', difference: { name: { before: null, after: 'audited' } } },
    ]);
    expect(list.text).not.toContain(password);
    const verdict = await test.owner.post('/api/v1/audit/verify');
    expect(verdict.body).toMatchObject({ ok: true, firstBroken: null });
    expect(verdict.body.entries).toBeGreaterThan(10);
  });
});
