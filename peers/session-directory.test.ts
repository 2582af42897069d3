import { everyoneGroup } from '@atelier/adapters/identity';
import { newId } from '@atelier/adapters/postgres';
import type { TestDatabase } from '@atelier/adapters/postgres/testing';
import type { Claim, SessionDirectory } from '@atelier/adapters/session-directory';
import type { Collection } from '@atelier/domain/broker';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addCollection,
  addUsers,
  claimed,
  countsOf,
  equal,
  requestOf,
  twoDirectories,
} from './broker/sample-directory.ts';

let database: TestDatabase;
let one: SessionDirectory;
let two: SessionDirectory;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ database, one, two, close } = await twoDirectories());
});
afterAll(() => close());

/** A target of one person's. */
const addOwned = (farm: Collection, owner: string) =>
  database.db
    .insertInto('broker_target')
    .values({
      id: newId(),
      name: `${farm.name}-owned`,
      kind: 'session-host',
      collection_id: farm.id,
      state: 'running',
      owner_id: owner,
    })
    .execute();

describe('decisions', () => {
  test('500 people at once through two brokers are spread over ten equal targets within one', async () => {
    const farm = await addCollection(database, 'storm', equal(10));
    const users = await addUsers(database, 'storm', 500);
    await Promise.all(
      users.map((user, n) => (n % 2 === 0 ? one : two).claimLeastLoaded(requestOf(user, farm), farm).then(claimed)),
    );
    const counts = await countsOf(database, farm);
    expect(counts.map(({ pending }) => pending)).toEqual(Array(10).fill(50));
    expect(counts.every(({ pending, waiting }) => pending === waiting)).toBe(true);
  });

  test('one person who comes 50 times at once through two brokers has one session on one target', async () => {
    const farm = await addCollection(database, 'race', equal(5));
    const [user] = await addUsers(database, 'race', 1);
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        n % 3 === 0
          ? two.claimTarget(requestOf(user!, farm), farm, { targetName: `race-${n % 5}`, isNewConnection: true })
          : (n % 2 === 0 ? one : two).claimLeastLoaded(requestOf(user!, farm), farm),
      ),
    );
    expect(new Set(all.map((claim) => claimed(claim).session.id)).size).toBe(1);
    expect(new Set(all.map((claim) => claimed(claim).target.name)).size).toBe(1);
    expect((await countsOf(database, farm)).reduce((sum, { pending }) => sum + pending, 0)).toBe(1);
  });

  test('weights share people in proportion, and a penalty makes pending ones count for more', async () => {
    const farm = await addCollection(database, 'weights', [{ weight: 100 }, { weight: 200 }, { weight: 300 }]);
    for (const user of await addUsers(database, 'weights', 60)) await one.claimLeastLoaded(requestOf(user, farm), farm);
    expect((await countsOf(database, farm)).map(({ pending }) => pending)).toEqual([10, 20, 30]);

    const slow = await addCollection(database, 'penalty', equal(2), { pending_penalty: 5 });
    const users = await addUsers(database, 'penalty', 6);
    const first = claimed(await one.claimLeastLoaded(requestOf(users[0]!, slow), slow));
    const busy = (await one.targets({ collection: 'penalty' })).find(({ name }) => name !== first.target.name)!;
    for (const user of users.slice(1, 5))
      await one.report({ targetId: busy.id, user, what: 'log-on', hostSessionId: user });
    // Four sessions there weigh less than one who is pending here.
    expect(claimed(await one.claimLeastLoaded(requestOf(users[5]!, slow), slow)).target.name).toBe(busy.name);
  });

  test('a crowd is decided about as if one came after the other: new ones, returning ones, owners, and whoever finds no place', async () => {
    const farm = await addCollection(database, 'crowd', [
      { weight: 100 },
      { weight: 300, single_session: false },
      { weight: 100, max_sessions: 2 },
      { state: 'stopped', max_sessions: 1 },
    ]);
    const users = await addUsers(database, 'crowd', 30);
    const ask = (user: string) => one.claimLeastLoaded(requestOf(user, farm), farm);
    const first = claimed(await ask(users[0]!));
    await one.report({ targetId: first.target.id, sessionId: first.session.id, user: users[0]!, what: 'log-on' });
    const lost = claimed(await ask(users[1]!));
    await sql`update broker_session set expires_at = now() where id = ${lost.session.id}`.execute(database.db);
    await addOwned(farm, users[2]!);
    const crowd = await Promise.all([...users, newId()].map((user) => ask(user).catch((error: unknown) => error)));
    // Somebody who is no user spoils it for nobody else.
    expect(crowd.pop()).toMatchObject({ code: '23503' });
    const claims = crowd.map((one) => claimed(one as Claim));
    expect(claims[0]).toMatchObject({ session: { id: first.session.id }, result: { isNewConnection: false } });
    expect(claims[1]!.session.id).not.toBe(lost.session.id);
    expect(claims[2]!.target.name).toBe('crowd-owned');
    expect(
      claims.slice(1).every(({ result, session }) => result.isNewConnection && session.state === 'connecting'),
    ).toBe(true);
    expect(
      claims.every(({ session, target }) => session.targetId === target.id && session.target === target.name),
    ).toBe(true);
    const counts = await countsOf(database, farm);
    expect(counts.every((row) => row.pending === row.waiting && row.sessions === row.there)).toBe(true);
    // 29 by weight 1 : 3, of which one machine takes two only; what is stopped is for those whom nobody else takes.
    const carried = Object.fromEntries(counts.map(({ name, pending, sessions }) => [name, pending + sessions]));
    expect(carried).toMatchObject({ 'crowd-2': 2, 'crowd-3': 0, 'crowd-owned': 1 });
    expect(Math.abs(carried['crowd-1']! - 3 * carried['crowd-0']!)).toBeLessThanOrEqual(3);
    const tokens = await Promise.all(claims.map((claim) => one.issueToken(claim, '192.0.2.1')));
    expect(new Set(tokens).size).toBe(30);
    for (const [n, token] of tokens.entries())
      expect(await two.redeemToken(token, '192.0.2.1')).toMatchObject({
        hops: 1,
        session: { id: claims[n]!.session.id },
      });

    await database.db.updateTable('broker_target').set({ drain: true }).where('collection_id', '=', farm.id).execute();
    const late = await addUsers(database, 'late-crowd', 2);
    expect(await Promise.all([...late, users[5]!].map(ask))).toMatchObject([
      { kind: 'no-target' },
      { kind: 'no-target' },
      { session: { id: claims[5]!.session.id } },
    ]);
  });

  test('a place that two connections of one person wait for is given up by the second', async () => {
    const farm = await addCollection(database, 'shared', equal(2));
    const [user] = await addUsers(database, 'shared', 1);
    const first = claimed(await one.claimLeastLoaded(requestOf(user!, farm), farm));
    const second = claimed(
      await two.claimTarget(requestOf(user!, farm), farm, { targetName: 'shared-1', isNewConnection: true }),
    );
    expect(second.session.id).toBe(first.session.id);
    await one.releaseClaim(first.session.id, 'cancelled');
    expect((await two.liveSession(farm.id, user!))?.id).toBe(first.session.id);
    await two.releaseClaim(first.session.id, 'failed');
    expect(await two.liveSession(farm.id, user!)).toBeNull();
    expect((await countsOf(database, farm)).map(({ pending }) => pending)).toEqual([0, 0]);
  });

  test('in a collection of personal machines a crowd gets one each', async () => {
    const farm = await addCollection(database, 'own', equal(3), { kind: 'personal-session-hosts' });
    const users = await addUsers(database, 'own', 4);
    const crowd = await Promise.all(users.map((user) => one.claimLeastLoaded(requestOf(user, farm), farm)));
    expect(new Set(crowd.slice(0, 3).map((one) => claimed(one).target.name)).size).toBe(3);
    expect(crowd[3]).toEqual({ kind: 'no-target' });
  });

  test('round robin goes round', async () => {
    const farm = await addCollection(database, 'round', equal(3), { load_balancing: 'round-robin' });
    const names: string[] = [];
    for (const user of await addUsers(database, 'round', 6)) {
      const claim = claimed(await one.claimLeastLoaded(requestOf(user, farm), farm));
      names.push(claim.target.name);
      if (names.length % 2 === 0) await one.releaseClaim(claim.session.id, 'cancelled');
    }
    expect(names.slice(3)).toEqual(names.slice(0, 3));
    expect(new Set(names).size).toBe(3);
  });

  test('draining, full, single-session and stopped targets take what they should', async () => {
    const farm = await addCollection(
      database,
      'limits',
      [
        { drain: true },
        { max_sessions: 2 },
        { single_session: true },
        { state: 'down' },
        { state: 'stopped', max_sessions: 1 },
      ],
      { max_sessions: 1 },
    );
    const users = await addUsers(database, 'limits', 6);
    const outcomes: (string | undefined)[] = [];
    for (const user of users) {
      const outcome = await one.claimLeastLoaded(requestOf(user, farm), farm);
      outcomes.push('kind' in outcome ? outcome.kind : outcome.target.name);
    }
    // Whoever runs comes before whoever must be started; after four nobody takes one more.
    expect(outcomes.slice(0, 3).sort()).toEqual(['limits-1', 'limits-1', 'limits-2']);
    expect(outcomes.slice(3)).toEqual(['limits-4', 'no-target', 'no-target']);
    const named = (n: number) =>
      one.claimTarget(requestOf(users[5]!, farm), farm, { targetName: `LIMITS-${n}`, isNewConnection: true });
    expect(await named(0)).toEqual({ kind: 'not-available', why: 'drain' });
    expect(await named(2)).toEqual({ kind: 'not-available', why: 'full' });
    expect(await named(3)).toEqual({ kind: 'not-available', why: 'state' });
    expect(await named(9)).toEqual({ kind: 'not-available', why: 'gone' });
    // Draining keeps whoever is there: they come back to their session.
    await database.db.updateTable('broker_target').set({ drain: true }).where('name', '=', 'limits-2').execute();
    const there = users[outcomes.indexOf('limits-2')]!;
    expect(claimed(await two.claimLeastLoaded(requestOf(there, farm), farm)).target.name).toBe('limits-2');
  });

  test('what a client calls itself is stored as far as it is text', async () => {
    const farm = await addCollection(database, 'odd', equal(1));
    const [user] = await addUsers(database, 'odd', 1);
    const request = requestOf(user!, farm, 'od\0d\ud800');
    const odd = { ...request, domain: 'D\0', client: { ...request.client, name: `\udc00${'x'.repeat(999)}` } };
    const claim = claimed(await one.claimLeastLoaded(odd, farm));
    expect(claim.session).toMatchObject({ user: 'odd\ufffd', domain: 'D' });
    expect(await one.report({ targetId: claim.target.id, user: 'OD\0D\ud800', what: 'log-on' })).toMatchObject({
      user: 'odd\ufffd',
      state: 'active',
    });
    await one.reconcile(claim.target.id, [{ user: '\0', hostSessionId: '\0:1', state: 'active' }], 0);
    const steps = [{ stage: 'filter', by: '\ud800', outcome: '', detail: '\0', atMs: 0, tookMs: 0 }] as const;
    const trace = { steps, candidates: 0, removed: [], chosen: '\0', totalMs: 0 };
    const record = { id: request.id, request: odd, sessionId: null, outcome: 'failed', failure: '\0', trace } as const;
    await one.recordConnection(record);
    expect(await database.db.selectFrom('broker_connection').select('domain').execute()).toEqual([{ domain: 'D' }]);
  });

  test('a collection’s limits reach its targets when they change', async () => {
    const farm = await addCollection(database, 'changing', equal(1));
    const users = await addUsers(database, 'changing', 2);
    claimed(await one.claimLeastLoaded(requestOf(users[0]!, farm), farm));
    await database.db
      .updateTable('broker_collection')
      .set({ single_session: true })
      .where('id', '=', farm.id)
      .execute();
    expect(await one.claimLeastLoaded(requestOf(users[1]!, farm), farm)).toEqual({ kind: 'no-target' });
    expect((await one.target('changing-0'))?.singleSession).toBe(true);
  });

  test('personal targets stay with their person', async () => {
    const farm = await addCollection(database, 'personal', equal(2), { kind: 'personal-vms' });
    const users = await addUsers(database, 'personal', 3);
    const first = claimed(await one.claimLeastLoaded(requestOf(users[0]!, farm), farm));
    await one.releaseClaim(first.session.id, 'cancelled');
    const second = claimed(await one.claimLeastLoaded(requestOf(users[1]!, farm), farm));
    expect(second.target.name).not.toBe(first.target.name);
    expect(await one.claimLeastLoaded(requestOf(users[2]!, farm), farm)).toEqual({ kind: 'no-target' });
    const again = claimed(await two.claimLeastLoaded(requestOf(users[0]!, farm), farm));
    expect(again.target).toMatchObject({ name: first.target.name, owner: users[0] });
  });
});

describe('what hosts and relays tell', () => {
  test('log-on, disconnect, reconnect and log-off are booked once each, however often they are told', async () => {
    const farm = await addCollection(database, 'told', equal(2));
    await addUsers(database, 'told', 1);
    const user = 'told-1';
    const [{ id }] = (await database.db.selectFrom('people_user').select('id').where('name', '=', user).execute()) as [
      { id: string },
    ];
    const claim = claimed(await one.claimLeastLoaded(requestOf(id, farm, user), farm));
    const told = { targetId: claim.target.id, user: 'TOLD-1' } as const;
    // The end of an older session of the same person does not end the place of the new one.
    expect(await two.report({ ...told, what: 'log-off', hostSessionId: ':9' })).toBeNull();
    for (const directory of [one, two, one])
      expect(await directory.report({ ...told, what: 'log-on', hostSessionId: ':10' })).toMatchObject({
        id: claim.session.id,
        state: 'active',
        hostSessionId: ':10',
      });
    expect(await countsOf(database, farm)).toContainEqual({
      name: claim.target.name,
      sessions: 1,
      pending: 0,
      there: 1,
      waiting: 0,
    });
    for (const directory of [two, one])
      expect(await directory.report({ ...told, sessionId: claim.session.id, what: 'disconnect' })).toMatchObject({
        state: 'disconnected',
      });
    const back = claimed(await two.claimLeastLoaded(requestOf(id, farm, user), farm));
    expect(back).toMatchObject({ session: { id: claim.session.id }, result: { isNewConnection: false } });
    expect(await one.report({ ...told, what: 'reconnect', hostSessionId: ':10' })).toMatchObject({
      state: 'active',
      disconnectedAt: null,
    });
    expect(await one.report({ ...told, what: 'log-off', hostSessionId: ':10' })).toMatchObject({ state: 'logged-off' });
    expect(await two.report({ ...told, what: 'log-off', hostSessionId: ':10' })).toBeNull();
    expect((await countsOf(database, farm)).every(({ sessions, pending }) => sessions + pending === 0)).toBe(true);
    expect(await one.liveSession(farm.id, id)).toBeNull();
  });

  test('a host’s list ends ghosts, takes in strangers, and leaves the pending and the fresh alone', async () => {
    const farm = await addCollection(database, 'list', equal(1));
    const [ghost, known, coming] = await addUsers(database, 'list', 3);
    const target = (await one.target('list-0'))!;
    await one.report({ targetId: target.id, user: 'list-1', what: 'log-on', hostSessionId: ':1' });
    await one.report({ targetId: target.id, user: 'list-2', what: 'log-on' });
    await one.claimLeastLoaded(requestOf(coming!, farm, 'list-3'), farm);
    const there = [
      { user: 'LIST-2', hostSessionId: ':2', state: 'disconnected' },
      { user: 'root', hostSessionId: ':3', state: 'active' },
    ] as const;
    await two.reconcile(target.id, there, 60_000);
    expect(await one.liveSession(farm.id, ghost!)).toMatchObject({ hostSessionId: ':1' });
    for (let round = 0; round < 2; round++) await two.reconcile(target.id, there, 0);
    expect(await one.liveSession(farm.id, ghost!)).toBeNull();
    expect(await one.liveSession(farm.id, known!)).toMatchObject({ state: 'disconnected', hostSessionId: ':2' });
    expect(await one.liveSession(farm.id, coming!)).toMatchObject({ state: 'connecting' });
    expect(await countsOf(database, farm)).toMatchObject([{ sessions: 2, pending: 1, there: 2, waiting: 1 }]);
  });

  test('reports, decisions and lists at once leave counts that are right', async () => {
    const farm = await addCollection(database, 'mixed', equal(3));
    const users = await addUsers(database, 'mixed', 60);
    await Promise.all(
      users.map(async (user, n) => {
        const directory = n % 2 === 0 ? one : two;
        const claim = claimed(await directory.claimLeastLoaded(requestOf(user, farm), farm));
        const told = { targetId: claim.target.id, user, hostSessionId: `:${n}` };
        await directory.report({ ...told, what: 'log-on' });
        if (n % 10 === 0) await directory.reconcile(claim.target.id, [{ ...told, state: 'active' }], 0);
        if (n % 3 === 0) await directory.report({ ...told, what: 'log-off' });
        if (n % 7 === 0) await directory.moveClaim(claim.session.id, requestOf(user, farm), farm, []);
      }),
    );
    for (const row of await countsOf(database, farm))
      expect(row).toMatchObject({ there: row.sessions, waiting: row.pending });
  });
});

test('only those who were given a collection see it, by name or by group', async () => {
  const open = await addCollection(database, 'given', equal(1));
  const shut = await addCollection(database, 'shut', equal(1), { enabled: false });
  const [user, stranger] = await addUsers(database, 'given', 2);
  const group = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
  await database.db.insertInto('people_group').values({ id: group, name: 'given' }).execute();
  for (const [n, farm] of [open, shut].entries())
    await database.db
      .insertInto('broker_entitlement')
      .values({ id: `0${n}ARZ3NDEKTSV4RRFFQ69G5FAV`, collection_id: farm.id, group_id: group })
      .execute();
  expect((await one.collectionsFor(user!, [group])).map(({ name }) => name)).toEqual(['given']);
  expect(await one.collectionsFor(stranger!, [])).toEqual([]);
  await database.db
    .insertInto('broker_entitlement')
    .values({ id: '02ARZ3NDEKTSV4RRFFQ69G5FAV', collection_id: open.id, user_id: stranger! })
    .execute();
  expect(await one.collectionsFor(stranger!, [])).toHaveLength(1);
  expect(await one.collection(' Given ')).toMatchObject({ id: open.id });

  // The same from the groups themselves, one in another, for several who ask at once.
  const outer = '01ARZ3NDEKTSV4RRFFQ69G5FAW';
  const everyone = await everyoneGroup(database.db);
  await database.db.insertInto('people_group').values({ id: outer, name: 'outer' }).execute();
  const [member] = await addUsers(database, 'member', 1);
  await database.db
    .insertInto('people_membership')
    .values([
      { group_id: outer, user_id: member! },
      { group_id: group, member_group_id: outer },
    ])
    .execute();
  const rights = await Promise.all([user!, stranger!, member!, newId()].map((id) => one.rightsOf(id)));
  expect(rights.map(({ groupIds }) => groupIds.toSorted())).toEqual(
    [[everyone], [everyone], [everyone, group, outer], [everyone]].map((ids) => ids.toSorted()),
  );
  expect(rights.map(({ collections }) => collections)).toEqual([[], [open], [open], []]);
});

test('a target’s state changes for the one who saw it last', async () => {
  const farm = await addCollection(database, 'state', [{ state: 'stopped' }]);
  const target = (await one.target('STATE-0'))!;
  const won = await Promise.all(
    [one, two, one].map((directory) => directory.testAndSetTargetState(target.id, 'starting', 'stopped')),
  );
  expect(won).toEqual(['starting', 'starting', 'starting']);
  expect(await two.testAndSetTargetState(target.id, 'running', 'stopped')).toBe('starting');
  expect((await one.targets({ collection: 'state', after: '', limit: 5 })).map(({ state }) => state)).toEqual([
    'starting',
  ]);
  expect(farm.name).toBe('state');
});
