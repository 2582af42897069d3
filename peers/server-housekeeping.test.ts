import { newId } from '@atelier/adapters/postgres';
import { type TestDatabase, testDatabase } from '@atelier/adapters/postgres/testing';
import { tidy } from '@atelier/server';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const ago = (days: number) => new Date(Date.now() - days * 86_400_000);
const later = ago(-1);

it('deletes what is over, in as many steps as it takes, and keeps what is not', async () => {
  const { db } = database;
  const user = newId();
  await db.insertInto('people_user').values({ id: user, name: 'Ada' }).execute();
  const hash = (byte: number) => Buffer.alloc(32, byte);
  const session = (byte: number, end: Date) => ({
    id: newId(),
    token_hash: hash(byte),
    user_id: user,
    expires_at: end,
  });
  await db
    .insertInto('people_session')
    .values([session(1, ago(1)), session(2, later)])
    .execute();
  const token = (byte: number, end: Date | null) => ({ ...session(byte, later), name: `t${byte}`, expires_at: end });
  await db
    .insertInto('people_token')
    .values([token(3, ago(40)), token(4, ago(10)), token(5, null)])
    .execute();
  const key = (name: string, end: Date) => ({ actor: 'a', key: name, request_hash: hash(6), expires_at: end });
  await db
    .insertInto('idempotency_key')
    .values([key('old', ago(1)), key('new', later)])
    .execute();
  const attempt = (at: Date, succeeded: boolean) => ({ user_name: 'ada', ip: null, succeeded, at });
  const attempts = [attempt(ago(9), true), attempt(ago(8), true), attempt(ago(7), false), attempt(ago(0), false)];
  for (const one of attempts) await db.insertInto('people_sign_in_attempt').values(one).execute();
  const task = (kind: string, end: Date | null) => {
    const state = end ? ('done' as const) : ('queued' as const);
    return { id: newId(), kind, title: kind, state, finished_at: end };
  };
  await db
    .insertInto('task')
    .values([task('old', ago(91)), task('recent', ago(89)), task('waits', null)])
    .execute();
  const event = (seq: number, at: Date) => ({
    source_kind: 'server' as const,
    source_id: 's',
    source_seq: seq,
    code: 3001,
    name: 'server.started',
    severity: 'info' as const,
    category: 'server',
    description: '',
    client_time: at,
    received_at: at,
  });
  // More than one statement's worth.
  const many = Array.from({ length: 5200 }, (_, index) => event(index + 1, ago(401)));
  for (let from = 0; from < many.length; from += 2000)
    await db
      .insertInto('event')
      .values(many.slice(from, from + 2000))
      .execute();
  await db
    .insertInto('event')
    .values(event(9999, ago(399)))
    .execute();

  const gone = await tidy(database, new AbortController().signal);
  expect(gone).toEqual({
    people_session: 1,
    people_token: 1,
    idempotency_key: 1,
    people_sign_in_attempt: 2,
    task: 1,
    event: 5200,
  });
  const kept = await sql<{ name: string }>`select name from people_token order by name`.execute(db);
  expect(kept.rows.map((row) => row.name)).toEqual(['t4', 't5']);
  const left = await db.selectFrom('people_sign_in_attempt').select(['at', 'succeeded']).orderBy('seq').execute();
  expect(left.map((row) => [row.succeeded, Math.round((Date.now() - row.at.getTime()) / 86_400_000)])).toEqual([
    [true, 8],
    [false, 0],
  ]);
  expect(await tidy(database, new AbortController().signal)).toEqual({});
});
