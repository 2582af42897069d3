import { newId } from '@atelier/adapters/postgres';
import { type TestDatabase, testDatabase } from '@atelier/adapters/postgres/testing';
import {
  openSessionDirectory,
  type PlugInRegistration,
  plugInRegistry,
  plugInStores,
} from '@atelier/adapters/session-directory';
import type { Target } from '@atelier/plugin-kit/broker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addCollection, addUsers, requestOf } from './broker/sample-directory.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const storesOf = (name: string) => plugInStores(database, { name, provider: name });
const code = (expected: string) => expect.objectContaining({ name: 'StoreError', code: expected });
const all = async <Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> => Array.fromAsync(items);

describe('targets', () => {
  test('are changed by their provider only, at the version that was read', async () => {
    await addCollection(database, 'clouds', []);
    const { resourceStore: mine, globalStore } = storesOf('clouds');
    const { resourceStore: theirs } = storesOf('others');
    const added = await mine.addTarget({
      name: 'vm-1',
      collection: 'CLOUDS',
      state: 'stopped',
      endpoints: [{ address: '192.0.2.8', port: 3389 }],
    });
    expect(added).toMatchObject({
      provider: 'clouds',
      collection: 'clouds',
      kind: 'virtual-machine',
      state: 'stopped',
      version: 1,
    });
    await expect(mine.addTarget({ name: 'VM-1', collection: 'clouds' })).rejects.toEqual(code('exists'));
    await expect(mine.addTarget({ name: 'vm-9', collection: 'nowhere' })).rejects.toEqual(code('not-found'));
    await expect(mine.addTarget({ name: 'vm-9', collection: 'clouds', weight: 0 })).rejects.toEqual(code('bad-value'));
    await expect(theirs.saveTarget(added)).rejects.toEqual(code('not-owner'));
    await expect(theirs.deleteTarget('vm-1')).rejects.toEqual(code('not-owner'));
    const saved = await mine.saveTarget({ ...added, weight: 200 });
    expect(saved).toMatchObject({ weight: 200, version: 2 });
    await expect(mine.saveTarget({ ...added, weight: 300 })).rejects.toEqual(code('sync-conflict'));
    expect(await mine.saveTarget({ ...added, weight: 300 }, { force: true })).toMatchObject({
      weight: 300,
      version: 3,
    });
    // What the broker keeps does not make it an old one.
    expect(await mine.testAndSetServerState('vm-1', 'starting', 'running')).toBe('stopped');
    expect(await mine.testAndSetServerState('vm-1', 'starting', 'stopped')).toBe('stopped');
    expect(await mine.setTargetState('vm-1', 'running')).toBe('starting');
    expect(await globalStore.queryTarget('vm-1', 'clouds')).toMatchObject({ state: 'running', version: 3 });
    expect(await globalStore.queryTarget('vm-1', 'elsewhere')).toBeNull();
    await mine.deleteTarget('vm-1');
    expect(await globalStore.queryTarget('vm-1')).toBeNull();
  });

  test('keep the state that a broker learnt while a plug-in saves what it read before', async () => {
    await addCollection(database, 'learnt', []);
    const { resourceStore } = storesOf('learnt');
    const directory = openSessionDirectory(database);
    const read = await resourceStore.addTarget({ name: 'learnt-1', collection: 'learnt', state: 'starting' });
    await directory.setTargetState(read.id, 'down', 'it burns');
    const saved = await resourceStore.saveTarget({ ...read, weight: 300 });
    expect(saved).toMatchObject({ state: 'down', weight: 300, version: 2 });
    expect(await resourceStore.saveTarget({ ...read, weight: 301 }, { force: true })).toMatchObject({ state: 'down' });
    const races = Array.from({ length: 20 }, async (_, n) => {
      const name = `learnt-race-${n}`;
      const before = await resourceStore.addTarget({ name, collection: 'learnt', state: 'starting' });
      const [set, kept] = await Promise.all([
        directory.testAndSetTargetState(before.id, 'running', 'starting'),
        resourceStore.saveTarget({ ...before, weight: 200 + n }),
      ]);
      expect([set, kept.weight]).toEqual(['running', 200 + n]);
      return (await resourceStore.queryTarget(name))?.state;
    });
    expect(new Set(await Promise.all(races))).toEqual(new Set(['running']));
  });

  test('of many who swap a state at once, one finds the old one', async () => {
    await addCollection(database, 'swap', []);
    const { resourceStore } = storesOf('swap');
    await resourceStore.addTarget({ name: 'swap-1', collection: 'swap', state: 'stopped' });
    const seen = await Promise.all(
      Array.from({ length: 10 }, () => resourceStore.testAndSetServerState('swap-1', 'starting', 'stopped')),
    );
    expect(seen.filter((state) => state === 'stopped')).toHaveLength(1);
  });

  test('keep all properties that are set at once', async () => {
    await addCollection(database, 'props', []);
    const { resourceStore } = storesOf('props');
    await resourceStore.addTarget({ name: 'props-1', collection: 'props' });
    await Promise.all(Array.from({ length: 10 }, (_, n) => resourceStore.setTargetProperty('props-1', `p${n}`, n)));
    const target = (await resourceStore.queryTarget('props-1')) as Target;
    expect(Object.keys(target.properties)).toHaveLength(10);
    await expect(resourceStore.setTargetProperty('props-1', 'late', 1, 1)).rejects.toEqual(code('sync-conflict'));
    expect((await resourceStore.setTargetProperty('props-1', 'p0', null)).properties).not.toHaveProperty('p0');
  });

  test('are read whole, page by page, in the order that is asked for', async () => {
    await addCollection(
      database,
      'long',
      Array.from({ length: 502 }, (_, n) => ({ properties: JSON.stringify({ rank: String(1000 - n) }) })),
    );
    const { globalStore } = storesOf('reader');
    const names = (await all(globalStore.enumerateTargets({ collection: 'long' }))).map(({ name }) => name);
    expect(new Set(names).size).toBe(502);
    const ranks = (await all(globalStore.enumerateTargets({ collection: 'long', sortByProperty: 'rank' }))).map(
      ({ properties }) => String(properties.rank),
    );
    expect(ranks).toEqual(ranks.toSorted());
    expect(await globalStore.enumerateCollections()).toContain('long');
  });

  test('are held by one plug-in of one broker at a time', async () => {
    await addCollection(database, 'held', [{}]);
    const [one, two] = [storesOf('one').resourceStore, storesOf('two').resourceStore];
    // An administrator's target, too: whoever prepares it for people keeps the others off.
    const lock = await one.acquireTargetLock('HELD-0');
    await expect(one.acquireTargetLock('held-0', 60)).rejects.toEqual(code('lock-timeout'));
    const waiting = two.acquireTargetLock('held-0', 10_000);
    await lock.release();
    const next = await waiting;
    expect(next.fence).toBeGreaterThan(lock.fence);
    await next.release();
    await expect(two.acquireTargetLock('nowhere')).rejects.toEqual(code('not-found'));
  });
});

test('sessions that a plug-in tells of hold the places that were waiting for them', async () => {
  const farm = await addCollection(database, 'told-by-plug-in', [{ provider: 'watcher' }]);
  const { resourceStore, globalStore } = storesOf('watcher');
  const directory = openSessionDirectory(database);
  const [user] = await addUsers(database, 'told', 1);
  const claim = await directory.claimLeastLoaded(requestOf(user!, farm, 'told-1'), farm);
  if ('kind' in claim) throw new Error(claim.kind);
  const told = { target: claim.target.name, user: 'TOLD-1', domain: '', hostSessionId: '7' } as const;
  expect(await resourceStore.addSession({ ...told, state: 'disconnected' })).toMatchObject({
    id: claim.session.id,
    state: 'disconnected',
  });
  expect(await all(globalStore.enumerateSessions({ user: 'told-1' }))).toMatchObject([{ hostSessionId: '7' }]);
  await expect(storesOf('others').resourceStore.setSessionState(claim.session.id, 'logged-off')).rejects.toEqual(
    code('not-owner'),
  );
  await resourceStore.setSessionState(claim.session.id, 'orphaned');
  await resourceStore.setSessionState(claim.session.id, 'logged-off');
  expect(await globalStore.querySession(claim.session.id)).toMatchObject({ state: 'orphaned' });
  expect(await directory.target(claim.target.name)).toMatchObject({ numSessions: 0, numPendingConnections: 0 });
});

describe('plug-ins', () => {
  const manifest: PlugInRegistration = {
    name: 'site',
    source: '/etc/atelier/site',
    provider: 'site',
    priority: 10,
    enabled: true,
    collections: ['office'],
    budgets: { filter: 100 },
    onFailure: 'continue',
    allowExternal: false,
    settings: { near: 'Paris' },
  };

  test('are what their manifest says, until a person says otherwise', async () => {
    const registry = plugInRegistry(database);
    expect(await registry.announce(manifest)).toEqual({ ...manifest, overridden: false, resets: 0 });
    const row = () =>
      database.db.selectFrom('broker_plugin').select('rev').where('name', '=', 'site').executeTakeFirstOrThrow();
    expect((await registry.announce(manifest)) && (await row())).toEqual({ rev: 1 });
    expect(await registry.announce({ ...manifest, priority: 20, collections: null })).toMatchObject({
      priority: 20,
      collections: null,
    });
    await database.db
      .updateTable('broker_plugin')
      .set({ priority: 5, overridden: true })
      .where('name', '=', 'site')
      .execute();
    expect(await registry.announce({ ...manifest, source: '/opt/site' })).toMatchObject({
      priority: 5,
      source: '/opt/site',
      overridden: true,
    });
  });

  test('keep what they save, and show how they fare in each broker', async () => {
    const registry = plugInRegistry(database);
    await registry.announce({ ...manifest, name: 'keeper' });
    const { filterPluginStore: store } = storesOf('keeper');
    await Promise.all([store.saveProperties({ a: 1, b: 'x' }), store.saveProperties({ c: true, d: 2 })]);
    const kept = await store.enumerateProperties();
    expect([
      { a: 1, b: 'x' },
      { c: true, d: 2 },
    ]).toContainEqual(kept);
    await store.saveProperties({ a: 2, z: 'y' });
    await store.deleteProperties('a');
    expect(await store.enumerateProperties()).toEqual({ z: 'y' });
    await expect(
      store.saveProperties(Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [`p${n}`, n]))),
    ).rejects.toEqual(code('bad-value'));
    await store.deleteProperties();
    expect(await store.enumerateProperties()).toEqual({});

    const broker = newId();
    await database.db.insertInto('broker_instance').values({ id: broker, name: 'b', address: 'b:3389' }).execute();
    const health = {
      name: 'keeper',
      state: 'suspended',
      failures: 3,
      calls: 9,
      timeOuts: 1,
      restarts: 0,
      offers: ['filter', 'task'],
      suspendedUntil: null,
      lastError: { at: new Date(), message: 'no\0nsense' },
    } as const;
    await registry.report(broker, [health, { ...health, name: 'unknown' }]);
    await registry.report(broker, [{ ...health, state: 'ready', calls: 10 }]);
    await registry.report(newId(), [health]);
    expect(await database.db.selectFrom('broker_plugin_health').selectAll().execute()).toMatchObject([
      {
        plugin: 'keeper',
        broker_id: broker,
        state: 'ready',
        calls: 10,
        failures: 3,
        offers: ['filter', 'task'],
        last_error: 'nonsense',
      },
    ]);
    const problem = { source: '/p/broken', plugIn: null, problem: 'no\0nsense', fix: 'mend it' };
    await registry.reportProblems(broker, [problem, { ...problem, source: '/p/other', plugIn: 'other' }]);
    await registry.reportProblems(broker, [{ ...problem, problem: 'else' }]);
    await registry.reportProblems(newId(), [problem]);
    expect(await database.db.selectFrom('broker_plugin_problem').selectAll().execute()).toMatchObject([
      { broker_id: broker, source: '/p/broken', plugin: null, problem: 'else', fix: 'mend it' },
    ]);
  });
});

test('environments belong to whoever added them', async () => {
  const [one, two] = [storesOf('rack').resourceStore, storesOf('other').resourceStore];
  await one.addEnvironment({ name: 'rack-9', serverWeight: 100, properties: {} });
  await expect(two.addEnvironment({ name: 'rack-9', serverWeight: 1, properties: {} })).rejects.toEqual(code('exists'));
  await expect(two.saveEnvironment({ name: 'rack-9', serverWeight: 1, properties: {} })).rejects.toEqual(
    code('not-owner'),
  );
  await one.saveEnvironment({ name: 'rack-9', serverWeight: 200, properties: { disks: 4 } });
  expect(await two.queryEnvironment('rack-9')).toEqual({ name: 'rack-9', serverWeight: 200, properties: { disks: 4 } });
  await expect(one.removeEnvironment('rack-8')).rejects.toEqual(code('not-found'));
  await one.removeEnvironment('rack-9');
  expect(await all(two.enumerateEnvironments())).toEqual([]);
});
