import { chmod, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BuiltIn,
  type ChainPlugIn,
  createChain,
  createDecision,
  createProvider,
  decideTarget,
  directoryLoadBalancing,
  loadPlugIns,
} from '@atelier/adapters/broker-plug-ins';
import { type DatabaseHandle, openDatabase } from '@atelier/adapters/postgres';
import { type TestDatabase, testDatabase } from '@atelier/adapters/postgres/testing';
import {
  openSessionDirectory,
  plugInRegistry,
  plugInStores,
  type SessionDirectory,
} from '@atelier/adapters/session-directory';
import type { Collection } from '@atelier/domain/broker';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addCollection, addUsers, countsOf, requestOf } from './broker/sample-directory.ts';

// The chain over the real directory, with an example as an administrator installs it: in its folder, in a thread, over the stores in SQL.
const example = join(import.meta.dirname, '../plugin-kit/broker/examples/calendar-and-site');
let root: string;
let database: TestDatabase;
let other: DatabaseHandle;
let directories: readonly SessionDirectory[];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'atelier-deciding-'));
  const place = join(root, 'calendar-and-site');
  await mkdir(place, { mode: 0o755 });
  for (const file of ['plugin.json', 'calendar-and-site.ts']) {
    await cp(join(example, file), join(place, file));
    await chmod(join(place, file), 0o644);
  }
  database = await testDatabase();
  other = await openDatabase({ url: database.url }, { migrate: false });
  directories = [openSessionDirectory(database), openSessionDirectory(other)];
});
afterAll(async () => {
  await other?.close();
  await database?.close();
  await rm(root, { recursive: true, force: true });
});

const chainOver = (directory: SessionDirectory, plugIns: readonly ChainPlugIn[]) => {
  const builtIn: BuiltIn = {
    name: 'atelier',
    ...directoryLoadBalancing(directory),
    queryEnvironmentForTarget: (_, target) => ({ name: target.environment, serverWeight: 100, properties: {} }),
    prepareTargetForConnect: (_, target) => ({ targetName: target.name, endpoints: target.endpoints }),
  };
  return createChain({ plugIns, builtIn, findTarget: (name) => directory.target(name) });
};

const decisionOf = (directory: SessionDirectory, collection: Collection, userId: string, address: string) => {
  const request = requestOf(userId, collection);
  return createDecision({
    request: { ...request, client: { ...request.client, address } },
    collection,
    isFirstAssignment: false,
    sink: { report: () => undefined },
    signal: new AbortController().signal,
    liveSession: () => directory.liveSession(collection.id, userId),
  });
};

test('people at a site get its targets by a plug-in in a thread, evenly; others are spread by the directory', async () => {
  const at = (site: string) => ({ properties: JSON.stringify({ site }) });
  const farm = await addCollection(database, 'sites', [at('berlin'), at('berlin'), at('paris'), at('rome')]);
  const users = await addUsers(database, 'sites', 60);
  const [directory] = directories as readonly [SessionDirectory];
  const registry = plugInRegistry(database);
  const log: string[] = [];
  const { plugIns, problems } = await loadPlugIns({
    folder: root,
    announce: async (one) => await registry.announce(one),
    providerFor: (registration) =>
      createProvider({
        registration,
        brokerName: 'broker-1',
        ...plugInStores(database, registration),
        log: (level, plugIn, text) => log.push(`${level} ${plugIn}: ${text}`),
      }),
  });
  expect([problems, plugIns.map((one) => one.plugin.name)]).toEqual([[], ['calendar-and-site']]);
  expect(await registry.get('calendar-and-site')).toMatchObject({ enabled: true, priority: 50, overridden: false });
  const chain = chainOver(directory, plugIns);
  try {
    const names: string[] = [];
    // One after the other, since the plug-in sees what is claimed already.
    for (const [n, user] of users.entries()) {
      const decided = await decideTarget(
        chain,
        directory,
        decisionOf(directory, farm, user, n < 40 ? '10.1.7.7' : '192.0.2.9'),
      );
      if (decided.kind === 'claim') names.push(decided.claim.target.name);
    }
    expect(names.slice(0, 40).every((name) => name === 'sites-0' || name === 'sites-1')).toBe(true);
    expect((await countsOf(database, farm)).map(({ pending, waiting }) => [pending, waiting])).toEqual([
      [20, 20],
      [20, 20],
      [10, 10],
      [10, 10],
    ]);
    expect([log, chain.statuses()[0]]).toMatchObject([[], { failures: 0, restarts: 0 }]);
  } finally {
    await chain.stop();
  }
});

test('one person who comes 40 times at once through two brokers has one session, also with a plug-in that overrules', async () => {
  const farm = await addCollection(database, 'overruled', [{}, {}, {}]);
  const [user] = await addUsers(database, 'overruled', 1);
  const overrules: ChainPlugIn = {
    plugin: {
      name: 'overrules',
      getMostSuitableTarget: async (_connection, _sink, next) => {
        const { isNewConnection } = await next();
        return { targetName: 'overruled-2', isNewConnection };
      },
    },
    provider: 'overrules',
    priority: 0,
    collections: null,
    budgets: {},
    onFailure: 'continue',
    allowExternal: false,
    runs: 'in-process',
    isolation: null,
  };
  const chains = directories.map((directory) => chainOver(directory, [overrules]));
  const all = await Promise.all(
    Array.from({ length: 40 }, (_, n) => {
      const directory = directories[n % 2]!;
      return decideTarget(chains[n % 2]!, directory, decisionOf(directory, farm, user!, '192.0.2.9'));
    }),
  );
  // Everybody holds the one place that lives, not one that another of them gave up.
  const held = new Set(all.map((one) => (one.kind === 'claim' ? one.claim.session.id : null)));
  const { rows } = await sql<{ id: string }>`
    select id from broker_session
     where collection_id = ${farm.id} and state in ('connecting', 'active', 'disconnected')`.execute(database.db);
  expect(rows.map(({ id }) => id)).toEqual([...held]);
  expect((await countsOf(database, farm)).reduce((sum, { pending }) => sum + pending, 0)).toBe(1);
  await Promise.all(chains.map((chain) => chain.stop()));
});

test('what changed since a mark is told, counts too, and what was under way when the mark was taken', async () => {
  const [directory] = directories as readonly [SessionDirectory];
  const farm = await addCollection(
    database,
    'kept',
    Array.from({ length: 4 }, () => ({})),
  );
  const since = (mark: string | null) => directory.changedTargets({ collection: farm.name, since: mark });
  const names = async (mark: string) => (await since(mark)).changed.map((one) => one.name).toSorted();
  const [first, second, third] = await directory.targets({ collection: farm.name });
  expect(await since(null)).toMatchObject({ count: 4, changed: [] });
  const during = await database.withTransaction(async (trx) => {
    await trx.updateTable('broker_target').set({ num_sessions: 3 }).where('id', '=', first!.id).execute();
    const { mark } = await since(null);
    await database.db.updateTable('broker_target').set({ drain: true }).where('id', '=', second!.id).execute();
    expect(await names(mark)).toEqual([second!.name]);
    return mark;
  });
  expect(await names(during)).toEqual([first!.name, second!.name].toSorted());
  const { mark } = await since(null);
  expect(await names(mark)).toEqual([]);
  await database.db.deleteFrom('broker_target').where('id', '=', third!.id).execute();
  expect(await since(mark)).toMatchObject({ count: 3, changed: [] });
});
