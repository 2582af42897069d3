import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from './server/caller.ts';
import { password, type TestServer, testServer } from './server/test-server.ts';

let test: TestServer;
beforeAll(async () => {
  test = await testServer();
});
afterAll(() => test.stop());

describe('requests of other sites', () => {
  let cookie: string;
  beforeAll(async () => {
    const answer = await test.anonymous.post('/api/v1/session', { name: 'owner', password });
    cookie = String(answer.headers['set-cookie']).split(';')[0]!;
  });
  const change = (headers: Record<string, string>) =>
    test.anonymous.post('/api/v1/groups', { name: `group-${Math.random()}` }, headers);

  it('cannot change anything with the browser’s cookie', async () => {
    const own = { origin: test.server.url };
    expect((await change({ cookie })).status).toBe(403);
    expect((await change({ cookie, origin: 'https://evil.example' })).status).toBe(403);
    expect((await change({ cookie, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await change({ cookie, 'sec-fetch-site': 'same-site' })).status).toBe(403);
    expect((await change({ cookie, origin: 'null' })).status).toBe(403);
    expect((await change({ cookie, ...own })).status).toBe(201);
    expect((await change({ cookie, 'sec-fetch-site': 'same-origin' })).status).toBe(201);
  });

  it('cannot sign a browser in as somebody else', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    const answer = await test.anonymous.post('/api/v1/session', { name: 'owner', password }, headers);
    expect([answer.status, answer.headers['set-cookie']]).toEqual([403, undefined]);
  });
});

describe('changes at the same time', () => {
  it('are not lost: an old revision is refused', async () => {
    const made = await test.owner.post('/api/v1/groups', { name: 'etags' });
    expect(made.headers.etag).toBe('"1"');
    const path = `/api/v1/groups/${made.body.id}`;
    const patch = (description: string, match: string) =>
      test.owner.send('PATCH', path, { body: { description }, headers: { 'if-match': match } });
    const first = await patch('first', '"1"');
    expect([first.status, first.headers.etag]).toEqual([200, '"2"']);
    const late = await patch('late', '"1"');
    expect(late.body).toMatchObject({ status: 409, code: 'request.conflict', extra: { revision: 2 } });
    expect((await test.owner.get(path)).body.description).toBe('first');
    expect((await patch('x', 'nonsense')).body.code).toBe('request.invalid');
    const race = await Promise.all([patch('a', '"2"'), patch('b', '"2"')]);
    expect(race.map((one) => one.status).sort()).toEqual([200, 409]);
  });

  it('are made once for one Idempotency-Key', async () => {
    const key = { 'idempotency-key': 'once-1' };
    const first = await test.owner.post('/api/v1/users', { name: 'once' }, key);
    const again = await test.owner.post('/api/v1/users', { name: 'once' }, key);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    const other = await test.owner.post('/api/v1/users', { name: 'twice' }, key);
    expect(other.body).toMatchObject({ status: 422, code: 'request.idempotency-mismatch' });
    const plain = await test.owner.post('/api/v1/users', { name: 'once' });
    expect(plain.body.code).toBe('people.name-taken');
    // What failed may be repeated with the same key.
    const failed = await test.owner.post('/api/v1/users', { name: 'once' }, { 'idempotency-key': 'later' });
    expect(failed.status).toBe(409);
    const retried = await test.owner.post('/api/v1/users', { name: 'once' }, { 'idempotency-key': 'later' });
    expect(retried.body.code).toBe('people.name-taken');
    const together = await Promise.all(
      [1, 2, 3].map(() => test.owner.post('/api/v1/users', { name: 'together' }, { 'idempotency-key': 'together' })),
    );
    const statuses = together.map((one) => one.status).sort();
    expect(statuses[0]).toBe(201);
    for (const status of statuses) expect([201, 409]).toContain(status);
    expect(new Set(together.filter((one) => one.status === 201).map((one) => one.body.id)).size).toBe(1);
  });

  it('are remembered without the secrets that their answers showed', async () => {
    const body = { name: 'kept', scopes: ['people:read'] };
    const key = { 'idempotency-key': 'token-1' };
    const first = await test.owner.post('/api/v1/tokens', body, key);
    const again = await test.owner.post('/api/v1/tokens', body, key);
    expect(again.body.secret).toBe(first.body.secret);
    const rows = await test.database.db.selectFrom('idempotency_key').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(first.body.secret);
    expect(JSON.stringify(rows)).not.toContain('token-1');
  });
});

describe('lists', () => {
  it('come in pages that together are the whole', async () => {
    for (let index = 0; index < 7; index++) await test.owner.post('/api/v1/groups', { name: `page ${index}` });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { body } = await test.owner.get(`/api/v1/groups?search=page&limit=3${query}`);
      expect(body.items.length).toBeLessThanOrEqual(3);
      seen.push(...body.items.map((one: { name: string }) => one.name));
      cursor = body.next;
    } while (cursor !== null);
    expect(seen).toEqual(Array.from({ length: 7 }, (_, index) => `page ${index}`));
  });

  it('refuse limits and cursors that nobody gave', async () => {
    for (const query of ['limit=0', 'limit=201', 'limit=x', 'cursor=abc', 'cursor=eyJhIjoxfQ'])
      expect([query, (await test.owner.get(`/api/v1/users?${query}`)).body.code]).toEqual([query, 'request.invalid']);
    const literal = await test.owner.get('/api/v1/users?search=%25');
    expect(literal.body.items).toEqual([]);
  });
});

describe('limits', () => {
  it('hold for bodies, headers and nonsense', async () => {
    const big = await test.owner.send('POST', '/api/v1/users', {
      raw: JSON.stringify({ name: 'x'.repeat(1_100_000) }),
      headers: { 'content-type': 'application/json' },
    });
    expect(big.body.code).toBe('request.too-large');
    const wide = await test.owner.get('/api/v1/users', { 'x-wide': 'x'.repeat(20_000) });
    expect(wide.status).toBe(431);
    const json = { 'content-type': 'application/json' };
    for (const raw of ['{', '', '[]', 'null', '{"name":1}', '{"__proto__":{"admin":true},"name":"p"}'])
      expect([raw, (await test.owner.send('POST', '/api/v1/users', { raw, headers: json })).status]).toEqual([
        raw,
        400,
      ]);
    const xml = await test.owner.send('POST', '/api/v1/users', {
      raw: '<a/>',
      headers: { 'content-type': 'text/xml' },
    });
    expect(xml.body.code).toBe('request.invalid');
    const bytes = await test.owner.send('POST', '/api/v1/users', {
      raw: Buffer.alloc(2_000_000),
      headers: { 'content-type': 'application/octet-stream' },
    });
    expect([400, 413]).toContain(bytes.status);
  });

  it('say which field is wrong, without repeating its value', async () => {
    const answer = await test.anonymous.post('/api/v1/session', { name: 'owner', password: { my: 'secret text' } });
    expect(answer.body.extra.fields).toMatchObject([{ field: 'body.password' }]);
    expect(answer.text).not.toContain('secret text');
  });
});

describe('every answer', () => {
  it('carries a correlation id, the caller’s if it is a good one, and the headers of a safe page', async () => {
    const mine = await test.anonymous.get('/api/v1/version', { 'x-correlation-id': 'mine-12345678' });
    expect(mine.headers['x-correlation-id']).toBe('mine-12345678');
    const bad = await test.anonymous.get('/api/v1/nothing', { 'x-correlation-id': 'bad id; drop' });
    expect(bad.headers['x-correlation-id']).toMatch(/^[0-9A-Z]{26}$/);
    expect(bad.body).toMatchObject({ code: 'request.not-found', correlationId: bad.headers['x-correlation-id'] });
    expect(bad.headers['content-type']).toContain('application/problem+json');
    expect(bad.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(bad.headers['x-content-type-options']).toBe('nosniff');
    expect(bad.headers['strict-transport-security']).toBeUndefined();
    const named = await test.anonymous.get('/api/v1/version', { host: 'atelier.example' });
    expect(named.headers['strict-transport-security']).toContain('max-age');
  });

  it('is refused in plain HTTP, and the probes answer to anybody', async () => {
    expect((await test.anonymous.get('/healthz')).body).toEqual({ ok: true });
    const ready = await test.anonymous.get('/readyz');
    expect(ready.status).toBe(200);
    expect(ready.body.checks).toContainEqual({ name: 'database', ok: true });
    expect((await test.anonymous.get('/metrics')).status).toBe(401);
    expect((await test.owner.get('/metrics')).text).toContain('atelier_http_request_seconds_bucket');
    await expect(fetch(`http://localhost:${new URL(test.server.url).port}/healthz`)).rejects.toThrow();
  });

  it('never leads out of the console’s folder', async () => {
    for (const path of [
      '/../../package.json',
      '/..%2f..%2fpackage.json',
      '/assets/..%2f..%2findex.ts',
      '/%00',
      '/%zz',
    ]) {
      const { status, text } = await test.anonymous.get(path);
      expect(text).not.toContain('"@atelier/server"');
      expect(text).not.toContain('"optionalDependencies"');
      expect([200, 400, 404, 503]).toContain(status);
    }
  });
});

describe('the change stream', () => {
  /** Reads a stream of events until it ends or `stop` is called. */
  function follow(caller: TestServer['owner']) {
    const lines: string[] = [];
    const state = { lines, status: 0, ended: false, stop: () => {} };
    const sent = caller.open('GET', '/api/v1/changes', { accept: 'text/event-stream' });
    sent.on('response', (answer) => {
      state.status = answer.statusCode ?? 0;
      answer.setEncoding('utf8').on('data', (chunk: string) => lines.push(chunk));
      answer.on('close', () => {
        state.ended = true;
      });
    });
    sent.on('error', () => {});
    sent.end();
    state.stop = () => sent.destroy();
    return state;
  }

  it('tells what changed to those who may see it, and ends when their rights change', async () => {
    const { id, caller } = await test.person('listens');
    const [all, own] = [follow(test.owner), follow(caller)];
    await until(() => all.lines.join('').includes('event: hello') && own.lines.join('').includes('event: hello'));
    const group = await test.owner.post('/api/v1/users', { name: 'is seen' });
    await until(() => all.lines.join('').includes(`{"kind":"user","id":"${group.body.id}"}`));
    expect(own.lines.join('')).not.toContain('event: change');
    await test.owner.post('/api/v1/role-bindings', { principal: { kind: 'user', id }, role: 'helpdesk' });
    await until(() => own.ended);
    const again = follow(caller);
    await until(() => again.lines.join('').includes('hello'));
    const next = await test.owner.post('/api/v1/users', { name: 'is seen too' });
    await until(() => again.lines.join('').includes(next.body.id));
    all.stop();
    again.stop();
  });

  it('is refused to nobody and limited for each person', async () => {
    expect((await test.anonymous.get('/api/v1/changes')).body.code).toBe('people.not-signed-in');
    const { caller } = await test.person('greedy');
    const streams = Array.from({ length: 21 }, () => follow(caller));
    await until(() => streams.every((stream) => stream.status !== 0));
    expect(streams.filter((stream) => stream.status === 200)).toHaveLength(20);
    expect(streams.find((stream) => stream.status !== 200)?.status).toBe(429);
    for (const stream of streams) stream.stop();
  });
});
