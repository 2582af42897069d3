import { signInAttempts } from '@atelier/adapters/identity';
import { type DatabaseHandle, openDatabase } from '@atelier/adapters/postgres';
import { type TestDatabase, testDatabase } from '@atelier/adapters/postgres/testing';
import { openSessionDirectory, type SessionDirectory } from '@atelier/adapters/session-directory';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addCollection, addUsers, claimed, equal, requestOf } from './broker/sample-directory.ts';

/** One connection: what it has read is told by the database when that connection says so. */
let broker: DatabaseHandle;
let database: TestDatabase;
let directory: SessionDirectory;
beforeAll(async () => {
  database = await testDatabase();
  broker = await openDatabase({ url: database.url }, { migrate: false, maxConnections: 1 });
  directory = openSessionDirectory(broker);
});
afterAll(async () => {
  await broker.close();
  await database.close();
});

const tables = ['broker_collection', 'broker_session', 'broker_target', 'broker_token', 'people_sign_in_attempt'];

/** How often tables were read as a whole so far, and how many places that are waited for were looked at. */
async function readSoFar() {
  await sql`select pg_stat_force_next_flush()`.execute(broker.db);
  const { rows } = await sql<{ whole: number; waiting: number }>`
    select (select sum(seq_scan)::int from pg_stat_user_tables where relname = any (${tables})) as whole,
           (select idx_tup_read::int from pg_stat_user_indexes where indexrelname = 'broker_session_pending') as waiting`.execute(
    broker.db,
  );
  return rows[0]!;
}

test('plans are kept that read no whole table, also where tables were empty when they were made', async () => {
  const farm = await addCollection(database, 'plans', equal(5));
  const users = await addUsers(database, 'plans', 60);
  const attempts = signInAttempts(broker);
  const before = await readSoFar();
  for (const user of users.slice(0, 10)) {
    await attempts.book(user.toLowerCase(), '192.0.2.1');
    claimed(await directory.claimLeastLoaded(requestOf(user, farm), farm));
  }
  const crowd = users.slice(10, 40);
  await Promise.all(crowd.map((user) => attempts.book(user.toLowerCase(), '192.0.2.1')));
  for (const claim of await Promise.all(crowd.map((user) => directory.claimLeastLoaded(requestOf(user, farm), farm))))
    claimed(claim);
  const named = { targetName: 'plans-3', isNewConnection: true };
  for (const user of users.slice(40)) claimed(await directory.claimTarget(requestOf(user, farm), farm, named));
  expect((await readSoFar()).whole).toBe(before.whole);
});

test('a decision looks at none of the places that others still wait for', async () => {
  const farm = await addCollection(database, 'waiting', equal(5));
  const users = await addUsers(database, 'waiting', 42);
  const [first, second, ...crowd] = users as [string, string, ...string[]];
  await Promise.all(crowd.map((user) => directory.claimLeastLoaded(requestOf(user, farm), farm)));
  const before = await readSoFar();
  claimed(await directory.claimLeastLoaded(requestOf(first, farm), farm));
  claimed(
    await directory.claimTarget(requestOf(second, farm), farm, { targetName: 'waiting-1', isNewConnection: true }),
  );
  expect((await readSoFar()).waiting).toBe(before.waiting);
});
