import { newId } from '@atelier/adapters/postgres';
import type { TestDatabase } from '@atelier/adapters/postgres/testing';
import type { SessionDirectory } from '@atelier/adapters/session-directory';
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

test('a week after the last sign of life a session is over, also when its host fell silent; what may be alive stays', async () => {
  const empty = JSON.stringify({});
  const ids = { speaks: newId(), silent: newId(), never: newId() };
  for (const [name, id] of Object.entries(ids))
    await database.db
      .insertInto('host')
      .values({ id, name, address: `https://${name}:5986/wsman`, sign_in: empty, trust: empty })
      .execute();
  const farm = await addCollection(database, 'silence', [
    { host_id: ids.speaks },
    { host_id: ids.silent },
    { host_id: ids.never },
    {},
    { provider: 'some-plug-in' },
  ]);
  const targets = (await one.targets({ collection: 'silence' })).map(({ id }) => id);
  const users = await addUsers(database, 'silence', targets.length);
  const broker = newId();
  await sql`insert into broker_instance (id, name, address) values (${broker}, 'b', 'a')`.execute(database.db);
  const carried: (what: 'log-on' | 'disconnect', n: number) => Promise<unknown> = (what, n) =>
    one.report({ targetId: targets[n]!, user: users[n]!, what, relay: broker });
  for (const [n, targetId] of targets.entries()) {
    await one.reconcile(targetId, [seen(`left${n}`, ':10', 'disconnected'), seen(`there${n}`, ':11')], 0);
    await one.claimTarget(requestOf(users[n]!, farm), farm, { targetName: `silence-${n}`, isNewConnection: true });
    await carried('log-on', n);
  }
  /** How many are there on each target after so many days, when the silent host was heard so many days ago. */
  const after = async (days: number, heard: number) => {
    await sql`update broker_session set changed_at = clock_timestamp() - ${days} * interval '1 day',
                     disconnected_at = case when state = 'disconnected' then clock_timestamp() - ${days} * interval '1 day' end
               where collection_id = ${farm.id}`.execute(database.db);
    await sql`update host set sessions_heard_at = clock_timestamp() where id = ${ids.speaks}`.execute(database.db);
    await sql`update host set sessions_heard_at = clock_timestamp() - ${heard} * interval '1 day' where id = ${ids.silent}`.execute(
      database.db,
    );
    await two.expire();
    return (await countsOf(database, farm)).map(({ sessions }) => sessions);
  };
  expect(await after(6, 6)).toEqual([3, 3, 3, 3, 3]);
  // Whom a broker carries is there; of the machines of plug-ins these tell who is.
  expect(await after(8, 6)).toEqual([3, 3, 1, 1, 2]);
  expect(await after(8, 8)).toEqual([3, 1, 1, 1, 2]);
  const ended = await database.db
    .selectFrom('broker_session')
    .select('end_reason')
    .distinct()
    .where('collection_id', '=', farm.id)
    .where('ended_at', 'is not', null)
    .execute();
  expect(ended).toEqual([{ end_reason: 'not-heard-of' }]);
  // Who left their broker and came back to the host by themselves are carried by nobody.
  await carried('disconnect', 3);
  await one.reconcile(targets[3]!, [seen(users[3]!, ':12')], 0);
  expect(await after(8, 8)).toEqual([3, 1, 1, 0, 2]);
});

test('a long list is booked piece by piece: whoever signs in meanwhile does not wait for its end', async () => {
  const farm = await addCollection(database, 'long', equal(1));
  const targetId = await targetOf('long');
  const [ada] = await addUsers(database, 'long', 1);
  const list = Array.from({ length: 200 }, (_, n) => seen(`eve${n}`, `:${n}`));
  let booked = false;
  const booking = one.reconcile(targetId, list, 0).then(() => {
    booked = true;
  });
  await expect.poll(async () => (await countsOf(database, farm))[0]!.there, { timeout: 30_000 }).toBeGreaterThan(0);
  claimed(await two.claimLeastLoaded(requestOf(ada!, farm), farm));
  expect(booked).toBe(false);
  await booking;
  expect(await countsOf(database, farm)).toMatchObject([{ sessions: 200, there: 200, waiting: 1 }]);
  // Nothing of it is the same any more, but for whoever is on the way.
  await two.reconcile(
    targetId,
    list.map(({ user, ...others }) => ({ ...others, user: `x${user}` })),
    0,
  );
  expect(await countsOf(database, farm)).toMatchObject([{ sessions: 200, there: 200, waiting: 1 }]);
  expect((await live(targetId)).filter((text) => text.startsWith('xeve'))).toHaveLength(200);
});
