import { ticketCheck } from '@atelier/adapters/identity';
import { newId } from '@atelier/adapters/postgres';
import { openSessionDirectory, type SessionDirectory } from '@atelier/adapters/session-directory';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestOf } from './broker/sample-directory.ts';
import type { Caller } from './server/caller.ts';
import { type TestServer, testServer } from './server/test-server.ts';

let test: TestServer;
let directory: SessionDirectory;
let owner: Caller;
beforeAll(async () => {
  test = await testServer();
  ({ owner } = test);
  directory = openSessionDirectory(test.database);
});
afterAll(() => test?.stop());

const make = async (path: string, body: object) => {
  const made = await owner.post(`/api/v1${path}`, body);
  expect(made.status, made.text).toBeLessThan(300);
  return made.body;
};
const farm = (name: string, more: object = {}) => make('/collections', { name, kind: 'session-hosts', ...more });
const target = (name: string, collection: string, more: object = {}) =>
  make('/targets', {
    name,
    collection,
    kind: 'session-host',
    state: 'running',
    endpoints: [{ address: '192.0.2.5' }],
    ...more,
  });
const give = (principal: { id: string }, role: string, scope: object = { kind: 'all' }) =>
  make('/role-bindings', { principal: { kind: 'user', id: principal.id }, role, scope });
const verbs = async (object: string) => {
  const { body } = await owner.get('/api/v1/audit?limit=200');
  return body.items
    .filter((entry: { object: { name: string } }) => entry.object.name.includes(object))
    .map((entry: { verb: string }) => entry.verb);
};

describe('collections and targets', () => {
  it('are made, changed at the revision that was read, and removed when nothing uses them', async () => {
    const made = await farm('Office', { description: 'desks', maxSessions: 5 });
    expect(made).toMatchObject({ name: 'Office', pendingPenalty: 1, maxSessions: 5, counts: { targets: 0 } });
    expect((await owner.post('/api/v1/collections', { name: 'OFFICE', kind: 'blades' })).body.code).toBe(
      'broker.name-taken',
    );
    const host = await target('office-1', 'office', { weight: 200, fqdn: 'office-1.example' });
    expect(host).toMatchObject({
      endpoints: [{ address: '192.0.2.5', port: 3389 }],
      takes: 'now',
      collection: { name: 'Office' },
    });
    const old = { headers: { 'if-match': `"${host.rev}"` } };
    const update = (body: object) => owner.send('PATCH', '/api/v1/targets/OFFICE-1', { body, ...old });
    expect((await update({ weight: 300 })).body).toMatchObject({ weight: 300, rev: host.rev + 1 });
    expect((await update({ weight: 400 })).status).toBe(409);
    expect((await owner.post('/api/v1/targets/office-1/drain', { drain: true })).body).toMatchObject({
      takes: 'nobody',
    });
    expect((await owner.send('DELETE', `/api/v1/collections/${made.id}`)).body.code).toBe('broker.in-use');
    expect((await owner.send('PATCH', '/api/v1/targets/office-1', { body: { hostId: newId() } })).status).toBe(404);
    expect((await owner.send('DELETE', '/api/v1/targets/office-1')).status).toBe(204);
    expect((await owner.send('DELETE', '/api/v1/collections/office')).status).toBe(204);
    expect((await verbs('office-1')).toSorted()).toEqual([
      'target.add',
      'target.drain',
      'target.remove',
      'target.update',
    ]);
  });

  it('know machines that run virtual machines, and keep those that are used', async () => {
    await farm('Virtual');
    const put = await owner.send('PUT', '/api/v1/environments/rack-1', {
      body: { driver: 'libvirt', serverWeight: 300, settings: { uri: 'qemu:///system' } },
    });
    expect(put.body).toMatchObject({ name: 'rack-1', driver: 'libvirt', targets: 0 });
    await target('virtual-1', 'virtual', { environment: 'rack-1', kind: 'virtual-machine' });
    expect((await owner.get('/api/v1/environments')).body.items).toMatchObject([{ name: 'rack-1', targets: 1 }]);
    expect((await owner.send('DELETE', '/api/v1/environments/rack-1')).body.code).toBe('broker.in-use');
  });
});

describe('sessions', () => {
  it('are shown to the helpdesk, which may command them and change nothing else', async () => {
    const { id } = await farm('Watched');
    await target('watched-1', id);
    const [helper, worker] = [await test.person('helper'), await test.person('worker')];
    await give(helper, 'helpdesk');
    const collection = (await directory.collection('watched'))!;
    const claim = await directory.claimLeastLoaded(requestOf(worker.id, collection, worker.name), collection);
    if ('kind' in claim) throw new Error(claim.kind);
    const seen = await helper.caller.get('/api/v1/desktop-sessions?collection=watched');
    expect(seen.body.items).toMatchObject([
      { user: 'worker', state: 'connecting', target: { name: 'watched-1' }, managed: false },
    ]);
    expect((await helper.caller.post('/api/v1/targets/watched-1/drain', { drain: true })).status).toBe(403);
    expect((await worker.caller.get('/api/v1/desktop-sessions')).status).toBe(403);
    expect((await owner.send('DELETE', '/api/v1/targets/watched-1')).body.code).toBe('broker.in-use');

    const act = (verb: string, body?: object) =>
      helper.caller.post(`/api/v1/desktop-sessions/${claim.session.id}/${verb}`, body);
    await directory.report({
      targetId: claim.target.id,
      sessionId: claim.session.id,
      user: worker.name,
      what: 'log-on',
    });
    for (const [verb, body] of [['log-off'], ['message', { text: 'hello' }]] as const)
      expect((await act(verb, body)).body.code).toBe('broker.not-managed');
    expect((await act('disconnect')).status).toBe(200);
    const asked = await test.database.db
      .selectFrom('broker_session')
      .select('asked')
      .where('id', '=', claim.session.id)
      .execute();
    expect(asked).toEqual([{ asked: 'disconnect' }]);
    expect(await verbs('worker on')).toEqual(['session.disconnect']);
    await directory.report({
      targetId: claim.target.id,
      sessionId: claim.session.id,
      user: worker.name,
      what: 'log-off',
    });
    expect((await act('disconnect')).body.code).toBe('broker.session-ended');
    expect((await helper.caller.get('/api/v1/desktop-sessions?user=WORKER')).body.items).toEqual([]);
    expect((await helper.caller.get('/api/v1/desktop-sessions?user=worker&which=ended')).body.items).toMatchObject([
      { state: 'logged-off', endReason: 'logged-off' },
    ]);
  });

  it('that are still connecting are given up', async () => {
    const { id } = await farm('Pending');
    await target('pending-1', id);
    const person = await test.person('pending');
    const collection = (await directory.collection('pending'))!;
    const claim = await directory.claimLeastLoaded(requestOf(person.id, collection, person.name), collection);
    if ('kind' in claim) throw new Error(claim.kind);
    const off = await owner.post(`/api/v1/desktop-sessions/${claim.session.id}/log-off`);
    expect(off.body).toMatchObject({ state: 'logged-off', endReason: 'cancelled' });
    expect((await owner.get('/api/v1/targets/pending-1')).body).toMatchObject({ numPending: 0 });
  });
});

describe('roles', () => {
  it('for one collection hold there only', async () => {
    const [mine] = [await farm('Mine'), await farm('Theirs')];
    const keeper = await test.person('keeper');
    await give(keeper, 'broker-admin', { kind: 'collection', id: 'mine' });
    const change = (name: string) =>
      keeper.caller.send('PATCH', `/api/v1/collections/${name}`, { body: { description: 'x' } });
    expect((await change('mine')).body).toMatchObject({ id: mine.id, description: 'x' });
    expect((await change('theirs')).status).toBe(403);
    expect((await keeper.caller.get('/api/v1/broker/plug-ins')).status).toBe(403);
    await owner.send('DELETE', '/api/v1/collections/mine');
    expect((await owner.get('/api/v1/role-bindings')).text).not.toContain(mine.id);
  });
});

describe('my desktops', () => {
  it('are what somebody gave me, with a ticket and a file that hold no password', async () => {
    const { id } = await farm('Accounting Desk');
    await target('accounting-1', id);
    const [ann, bob] = [await test.person('ann'), await test.person('bob')];
    expect((await ann.caller.get('/api/v1/my/desktops')).body.items).toEqual([]);
    const group = await make('/groups', { name: 'accountants' });
    expect((await owner.send('PUT', `/api/v1/groups/${group.id}/members/user/${ann.id}`)).status).toBe(204);
    const given = await make('/collections/accounting%20desk/entitlements', {
      principal: { kind: 'group', id: group.id },
    });
    expect(given.principal).toMatchObject({ kind: 'group', name: 'accountants' });
    const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(20)]).toString('base64');
    const program = { alias: 'ledger', title: 'Ledger', commandLine: '/usr/bin/ledger', icon: png };
    await make(`/collections/${id}/applications`, program);
    expect(
      (await owner.post(`/api/v1/collections/${id}/applications`, { ...program, alias: 'other', icon: 'AAAA' })).status,
    ).toBe(400);

    const noAddress = await ann.caller.get(`/api/v1/my/desktops/${id}/file.rdp`);
    expect(noAddress.body.code).toBe('broker.no-address');
    expect((await owner.send('PATCH', '/api/v1/broker/settings', { body: { address: 'desk.example' } })).body).toEqual({
      address: 'desk.example',
      nla: true,
    });
    const { body: mine } = await ann.caller.get('/api/v1/my/desktops');
    expect(mine).toMatchObject({
      address: 'desk.example',
      items: [
        {
          name: 'Accounting Desk',
          available: true,
          session: null,
          asksPassword: true,
          applications: [{ alias: 'ledger', icon: png }],
        },
      ],
    });
    const file = await ann.caller.get(`${mine.items[0].rdpFile}?application=LEDGER`);
    expect(file.headers['content-type']).toBe('application/x-rdp');
    const text = (await ann.caller.get(mine.items[0].rdpFile)).text.replaceAll('\0', '');
    expect(text).toContain('full address:s:desk.example');
    expect(text).toContain('loadbalanceinfo:s:tsv://MS Terminal Services Plugin.1.Accounting_Desk');
    expect(text).toContain('username:s:ann');
    expect(text).not.toMatch(/^password/m);

    const ticket = await ann.caller.post('/api/v1/my/desktops/accounting%20desk/ticket');
    expect([ticket.status, ticket.body.asksPassword]).toEqual([201, true]);
    expect(await ticketCheck(test.database)('ann', ticket.body.ticket)).toEqual({
      id: ann.id,
      name: 'ann',
      collection: 'Accounting Desk',
      target: null,
    });
    await owner.send('PATCH', `/api/v1/collections/${id}`, { body: { targetSignIn: 'single-use-password' } });
    const spared = await ann.caller.post('/api/v1/my/desktops/accounting%20desk/ticket');
    expect([spared.status, spared.body.asksPassword]).toEqual([201, false]);
    expect((await bob.caller.post(`/api/v1/my/desktops/${id}/ticket`)).status).toBe(404);
    expect((await owner.get('/api/v1/audit?limit=200')).text).not.toContain(ticket.body.ticket);
    await owner.send('DELETE', `/api/v1/collections/${id}/entitlements/${given.id}`);
    expect((await ann.caller.get('/api/v1/my/desktops')).body.items).toEqual([]);
  });
});

describe('brokers', () => {
  it('show what they decided and why', async () => {
    const { id } = await farm('Traced');
    const person = await test.person('traced');
    const collection = (await directory.collection('traced'))!;
    const trace = {
      steps: [{ stage: 'load-balancing', by: 'atelier', outcome: 'failed', detail: 'a \0 b', atMs: 1, tookMs: 2 }],
      candidates: 3,
      removed: [{ reason: 'drain', count: 3, examples: ['t1'] }],
      chosen: null,
      totalMs: 3.5,
    } as const;
    const ids = [newId(), newId()];
    for (const one of ids)
      await directory.recordConnection({
        id: one,
        request: requestOf(person.id, collection, person.name),
        sessionId: null,
        outcome: 'failed',
        failure: 'no-target',
        trace,
      });
    const first = await owner.get(`/api/v1/broker/connections?user=TRACED&collection=${id}&limit=1`);
    expect(first.body.items).toMatchObject([
      { id: ids[1], outcome: 'failed', failure: 'no-target', clientAddress: '192.0.2.1' },
    ]);
    const second = await owner.get(
      `/api/v1/broker/connections?user=traced&limit=1&cursor=${encodeURIComponent(first.body.next)}`,
    );
    expect(second.body).toMatchObject({ items: [{ id: ids[0] }], next: null });
    const whole = await owner.get(`/api/v1/broker/connections/${ids[0]}`);
    expect(whole.body.trace).toMatchObject({ candidates: 3, steps: [{ by: 'atelier', detail: 'a  b' }] });
  });

  it('have plug-ins that are registered, ordered and brought back', async () => {
    const put = (name: string, body: object) => owner.send('PUT', `/api/v1/broker/plug-ins/${name}`, { body });
    expect(
      (await put('site', { priority: 10, source: './site.ts', budgets: { filter: 200 }, settings: { key: 'private' } }))
        .status,
    ).toBe(200);
    await put('calendar', { priority: 20, enabled: true });
    const broker = newId();
    await test.database.db
      .insertInto('broker_instance')
      .values({ id: broker, name: 'b1', address: 'b1:3389' })
      .execute();
    await test.database.db
      .insertInto('broker_plugin_health')
      .values({
        plugin: 'site',
        broker_id: broker,
        state: 'suspended',
        failures: 5,
        suspended_until: new Date(),
        last_error: 'nonsense',
      })
      .execute();
    const { body } = await owner.get('/api/v1/broker/plug-ins');
    expect(body.items).toMatchObject([
      { name: 'calendar', enabled: true, health: [] },
      {
        name: 'site',
        enabled: false,
        health: [{ broker: 'b1', state: 'suspended', failures: 5, lastError: 'nonsense' }],
      },
    ]);
    expect((await owner.get('/api/v1/broker/instances')).body.items).toMatchObject([{ name: 'b1', alive: true }]);
    await owner.post('/api/v1/broker/plug-ins/site/enabled', { enabled: true });
    await owner.post('/api/v1/broker/plug-ins/site/reset');
    const row = await test.database.db
      .selectFrom('broker_plugin')
      .select(['enabled', 'resets'])
      .where('name', '=', 'site')
      .execute();
    expect(row).toEqual([{ enabled: true, resets: 1 }]);
    expect((await verbs('site')).toSorted()).toEqual([
      'broker-plugin.enable',
      'broker-plugin.put',
      'broker-plugin.reset',
    ]);
    expect((await owner.get('/api/v1/audit?limit=200')).text).not.toContain('private');
    expect((await owner.send('DELETE', '/api/v1/broker/plug-ins/site')).status).toBe(204);
  });

  it('keep no NT hash once that is forbidden', async () => {
    await test.person('hashed');
    const hashes = () =>
      test.database.db.selectFrom('secret').select('key').where('key', 'like', 'nt-hash/%').execute();
    expect((await hashes()).length).toBeGreaterThan(0);
    const off = await owner.send('PATCH', '/api/v1/broker/settings', { body: { nla: false } });
    expect(off.body).toMatchObject({ nla: false });
    expect(await hashes()).toEqual([]);
    await test.person('unhashed');
    expect(await hashes()).toEqual([]);
    await owner.send('PATCH', '/api/v1/broker/settings', { body: { nla: true } });
    const person = await test.person('rehashed');
    expect(await hashes()).toEqual([{ key: `nt-hash/${person.id.toLowerCase()}` }]);
    await owner.send('DELETE', `/api/v1/users/${person.id}`);
    expect(await hashes()).toEqual([]);
  });
});
