import { type DatabaseHandle, openDatabase } from '@atelier/adapters/postgres';
import { type TestDatabase, testDatabase } from '@atelier/adapters/postgres/testing';
import { openSessionDirectory, type SessionDirectory } from '@atelier/adapters/session-directory';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addCollection, addUsers, claimed, countsOf, equal, requestOf } from './broker/sample-directory.ts';

let database: TestDatabase;
let other: DatabaseHandle;
let one: SessionDirectory;
let two: SessionDirectory;
beforeAll(async () => {
  database = await testDatabase();
  // A second server: connections of its own.
  other = await openDatabase({ url: database.url }, { migrate: false });
  [one, two] = [openSessionDirectory(database), openSessionDirectory(other)];
});
afterAll(async () => {
  await other.close();
  await database.close();
});

const targetOf = async (name: string) => (await one.targets({ collection: name }))[0]!.id;
const live = async (targetId: string) =>
  (
    await database.db
      .selectFrom('broker_session')
      .select(['user_name', 'host_session_id', 'state'])
      .where('target_id', '=', targetId)
      .where('state', 'in', ['connecting', 'active', 'disconnected'])
      .orderBy('id')
      .execute()
  ).map(({ user_name, host_session_id, state }) => [user_name, host_session_id, state].join(' '));
const seen = (user: string, hostSessionId: string, state: 'active' | 'disconnected' = 'active') => ({
  user,
  hostSessionId,
  state,
});

describe('names that a host uses again', () => {
  test('are the newcomer’s, by the list and by the note; the one who is there stays', async () => {
    const farm = await addCollection(database, 'again', equal(1));
    const targetId = await targetOf('again');
    const [ada, bob] = await addUsers(database, 'again', 2);
    await one.report({ targetId, user: ada!, what: 'log-on', hostSessionId: ':10' });
    // The machine was started anew; bob comes by a broker, and his host calls his session what it called ada's.
    const claim = claimed(await one.claimLeastLoaded(requestOf(bob!, farm), farm));
    await one.report({ targetId, sessionId: claim.session.id, user: bob!, what: 'log-on' });
    await two.reconcile(targetId, [seen(bob!, ':10')], 0);
    expect(await live(targetId)).toEqual([`${bob} :10 active`]);
    expect((await one.liveSession(farm.id, bob!))?.id).toBe(claim.session.id);

    await two.report({ targetId, user: ada!, what: 'log-off', hostSessionId: ':10' });
    expect(await live(targetId)).toEqual([`${bob} :10 active`]);
    await two.report({ targetId, user: ada!, what: 'log-on', hostSessionId: ':10' });
    expect(await live(targetId)).toEqual([`${ada} :10 active`]);
    expect(await countsOf(database, farm)).toMatchObject([{ sessions: 1, there: 1 }]);
  });

  test('stand on one session, however often and however oddly they are told', async () => {
    const farm = await addCollection(database, 'odd', equal(1));
    const targetId = await targetOf('odd');
    const [ada] = await addUsers(database, 'odd', 1);
    const claim = claimed(await one.claimLeastLoaded(requestOf(ada!, farm), farm));
    await one.report({ targetId, sessionId: claim.session.id, user: ada!, what: 'log-on' });
    await one.report({ targetId, user: 'eve', what: 'log-on', hostSessionId: ':10' });
    const told = [seen('eve', ':10'), seen(ada!, ':1\u00000'), seen(ada!, ':11'), seen(ada!, ':11'), seen('\0', ':12')];
    for (let n = 0; n < 2; n++) await two.reconcile(targetId, told, 0);
    expect(await live(targetId)).toEqual([`${ada} :11 active`, 'eve :10 active']);
    expect(await two.report({ targetId, user: '\u0007', what: 'log-on', hostSessionId: ':13' })).toBeNull();
    expect(await countsOf(database, farm)).toMatchObject([{ sessions: 2, there: 2 }]);
  });
});

test('a long list is booked piece by piece: whoever signs in meanwhile does not wait for its end', async () => {
  const farm = await addCollection(database, 'long', equal(1));
  const targetId = await targetOf('long');
  const [ada] = await addUsers(database, 'long', 1);
  const list = Array.from({ length: 300 }, (_, n) => seen(`eve${n}`, `:${n}`));
  let booked = false;
  const booking = one.reconcile(targetId, list, 0).then(() => {
    booked = true;
  });
  await expect.poll(async () => (await countsOf(database, farm))[0]!.there).toBeGreaterThan(0);
  claimed(await two.claimLeastLoaded(requestOf(ada!, farm), farm));
  expect(booked).toBe(false);
  await booking;
  expect(await countsOf(database, farm)).toMatchObject([{ sessions: 300, there: 300, waiting: 1 }]);
  // Nothing of it is the same any more, but for whoever is on the way.
  await two.reconcile(
    targetId,
    list.map(({ user, ...others }) => ({ ...others, user: `x${user}` })),
    0,
  );
  expect(await countsOf(database, farm)).toMatchObject([{ sessions: 300, there: 300, waiting: 1 }]);
  expect((await live(targetId)).filter((text) => text.startsWith('xeve'))).toHaveLength(300);
});
