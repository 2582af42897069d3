import { afterAll, beforeAll, expect, it } from 'vitest';
import { addHost, minutesAgo } from './broker/sample-host.ts';
import type { Caller } from './server/caller.ts';
import { type TestServer, testServer } from './server/test-server.ts';

// The register of targets by its API: how they are listed, counted, and kept.

let test: TestServer;
let owner: Caller;
beforeAll(async () => {
  test = await testServer();
  ({ owner } = test);
});
afterAll(() => test?.stop());

const make = async (path: string, body: object) => {
  const made = await owner.post(`/api/v1${path}`, body);
  expect(made.status, made.text).toBeLessThan(300);
  return made.body;
};
const farm = (name: string) => make('/collections', { name, kind: 'session-hosts' });
const target = (name: string, collection: string, more: object = {}) => {
  const usual = { kind: 'session-host', state: 'running', endpoints: [{ address: '192.0.2.5' }] };
  return make('/targets', { name, collection, ...usual, ...more });
};

it('keep an address that is their name in step with it, and no other', async () => {
  await farm('Named');
  await target('named-1', 'named', { fqdn: 'a.example', endpoints: [{ address: 'a.example' }] });
  const change = async (body: object) => (await owner.send('PATCH', '/api/v1/targets/named-1', { body })).body;
  expect(await change({ fqdn: 'a.example', weight: 7 })).toMatchObject({ endpoints: [{ address: 'a.example' }] });
  expect(await change({ fqdn: 'b.example' })).toMatchObject({ endpoints: [{ address: 'b.example', port: 3389 }] });
  expect(await change({ fqdn: null })).toMatchObject({ endpoints: [] });
  expect(await change({ fqdn: 'b.example' })).toMatchObject({ endpoints: [] });
  expect(await change({ endpoints: [{ address: '192.0.2.6' }] })).toMatchObject({ fqdn: 'b.example' });
  expect(await change({ fqdn: null })).toMatchObject({ fqdn: null, endpoints: [{ address: '192.0.2.6' }] });
});

it('are listed in pages, by what they are', async () => {
  await farm('Many');
  for (let n = 1; n <= 5; n++) await target(`many-${n}`, 'many', n === 3 ? { state: 'stopped' } : {});
  const names: string[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await owner.get(`/api/v1/targets?collection=many&limit=2${cursor}`);
    names.push(...body.items.map((one: { name: string }) => one.name));
    if (body.next === null) break;
    cursor = `&cursor=${encodeURIComponent(body.next)}`;
  }
  expect(names).toEqual(['many-1', 'many-2', 'many-3', 'many-4', 'many-5']);
  const stopped = await owner.get('/api/v1/targets?state=stopped&search=MANY');
  expect(stopped.body.items).toMatchObject([{ name: 'many-3', takes: 'after-start' }]);
});

it('are counted and listed when their hosts fell silent, until they are heard again or are theirs no more', async () => {
  const { db } = test.database;
  const hostId = await addHost(db, 'quiet', null);
  await farm('Quiet');
  await target('quiet-1', 'quiet', { hostId });
  await target('quiet-2', 'quiet');
  const heard = (minutes: number) =>
    db
      .updateTable('host')
      .set({ sessions_heard_at: minutesAgo(minutes) })
      .where('id', '=', hostId)
      .execute();
  const found = async (which: string) => {
    const { items } = (await owner.get(`/api/v1/targets?collection=quiet&hostSilent=${which}`)).body;
    const since = items.map((one: { hostSilentSince: string | null }) => one.hostSilentSince !== null);
    expect(since).toEqual(since.map(() => which === 'yes'));
    return items.map((one: { name: string }) => one.name);
  };
  const counted = async () => (await owner.get('/api/v1/overview')).body.broker.targets.hostSilent;
  expect([await found('yes'), await found('no'), await counted()]).toEqual([[], ['quiet-1', 'quiet-2'], 0]);
  await heard(6);
  expect([await found('yes'), await found('no'), await counted()]).toEqual([['quiet-1'], ['quiet-2'], 1]);
  await heard(4);
  expect([await found('yes'), await counted()]).toEqual([[], 0]);
  await heard(6);
  const parted = await owner.send('PATCH', '/api/v1/targets/quiet-1', { body: { hostId: null } });
  expect(parted.body).toMatchObject({ hostId: null, hostSilentSince: null });
  expect([await found('yes'), await counted()]).toEqual([[], 0]);
});

it('are counted by the overview as they are listed: each stands in one way', async () => {
  await farm('Ways');
  const states = ['running', 'down', 'invalid', 'stopped', 'starting', 'unknown'];
  for (const state of states) await target(`ways-${state}`, 'ways', { state });
  for (const state of ['running', 'down']) await target(`ways-drained-${state}`, 'ways', { state, drain: true });
  const names = async (which: string) => {
    const { body } = await owner.get(`/api/v1/targets?collection=ways&which=${which}`);
    return body.items.map((one: { name: string }) => one.name.slice('ways-'.length));
  };
  expect(await names('up')).toEqual(['running']);
  expect(await names('draining')).toEqual(['drained-down', 'drained-running']);
  expect(await names('down')).toEqual(['down', 'invalid']);
  expect(await names('other')).toEqual(['starting', 'stopped', 'unknown']);
  expect((await owner.get('/api/v1/targets?which=lost')).status).toBe(400);
  const { targets } = (await owner.get('/api/v1/overview')).body.broker;
  for (const [which, counted] of [
    ['up', targets.up],
    ['draining', targets.draining],
    ['down', targets.down],
  ])
    expect((await owner.get(`/api/v1/targets?which=${which}&limit=200`)).body.items).toHaveLength(counted);
});

it('leave the targets of a plug-in to it', async () => {
  await farm('Kept');
  await target('kept-1', 'kept');
  await test.database.db
    .updateTable('broker_target')
    .set({ provider: 'clouds' })
    .where('name', '=', 'kept-1')
    .execute();
  const change = await owner.send('PATCH', '/api/v1/targets/kept-1', { body: { weight: 5 } });
  expect([change.status, change.body.code]).toEqual([409, 'broker.target-kept-elsewhere']);
  expect((await owner.post('/api/v1/targets/kept-1/drain', { drain: true })).status).toBe(200);
});
