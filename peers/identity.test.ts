import { randomBytes } from 'node:crypto';
import {
  type CheckedUser,
  hashPassword,
  issueTicket,
  liveTickets,
  nlaIdentity,
  nlaSetting,
  ntHashStore,
  passwordCheck,
  peopleOfBroker,
  type SignInOutcome,
  ticketCheck,
} from '@atelier/adapters/identity';
import { newId, secretStore } from '@atelier/adapters/postgres';
import { type TestDatabase, testDatabase } from '@atelier/adapters/postgres/testing';
import { ntHash } from '@atelier/spnego';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const key = randomBytes(32);
const right = 'pâté en croûte';
const from = { ip: '192.0.2.9', correlationId: 'test' };
let database: TestDatabase;
let hash: string;
beforeAll(async () => {
  database = await testDatabase();
  hash = await hashPassword(right);
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.db.deleteFrom('people_sign_in_attempt').execute();
});

async function addUser(name: string): Promise<{ readonly id: string; readonly password_hash: string }> {
  const id = newId();
  await database.db.insertInto('people_user').values({ id, name, password_hash: hash }).execute();
  return { id, password_hash: hash };
}
const codeOf = (attempt: Promise<CheckedUser>) =>
  attempt.then(
    () => 'in',
    (error: { readonly code?: string }) => error.code,
  );

describe('passwords', () => {
  test('a right password is known the next time without the work of the first', async () => {
    const user = await addUser('Swift');
    const outcomes: SignInOutcome[] = [];
    const check = passwordCheck(database, { ntHashes: ntHashStore(key), onOutcome: (one) => outcomes.push(one) });
    const timed = async (password: string) => {
      const since = process.cpuUsage();
      const code = await codeOf(check(' swIFT ', password, from));
      const used = process.cpuUsage(since);
      return { code, ms: (used.user + used.system) / 1000 };
    };
    const first = await timed(right);
    const again = await timed(right);
    const wrong = await timed('wrong');
    expect([first.code, again.code, wrong.code]).toEqual(['in', 'in', 'people.sign-in-failed']);
    expect(again.ms).toBeLessThan(first.ms / 2);
    expect(wrong.ms).toBeGreaterThan(again.ms * 2);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['succeeded', 'succeeded', 'failed']);
    const stored = await database.db.selectFrom('secret').selectAll().execute();
    expect(stored.map((row) => row.key)).toEqual([`nt-hash/${user.id.toLowerCase()}`]);
    expect(stored[0]!.ciphertext.includes(Buffer.from(ntHash(right)))).toBe(false);
  });

  test('one person who signs in fifty times at once is one attempt; fifty guesses are fifty', async () => {
    await addUser('crowd');
    const check = passwordCheck(database, { ntHashes: ntHashStore(key) });
    const same = await Promise.all(Array.from({ length: 50 }, () => codeOf(check('crowd', right, from))));
    expect(new Set(same)).toEqual(new Set(['in']));
    const guesses = await Promise.all(Array.from({ length: 50 }, (_, n) => codeOf(check('crowd', `guess ${n}`, from))));
    expect(guesses.filter((code) => code === 'people.sign-in-failed')).toHaveLength(5);
    expect(guesses.filter((code) => code === 'people.sign-in-backoff')).toHaveLength(45);
  });

  test('people who come at once from one address do not wait for each other; guesses that failed count', async () => {
    const ids = Array.from({ length: 60 }, newId);
    await sql`insert into people_user (id, name, password_hash) select id, 'office-' || n, ${hash} from unnest(${ids}::text[]) with ordinality as one (id, n)`.execute(
      database.db,
    );
    const ntHashes = ntHashStore(key);
    await Promise.all(ids.map((id) => ntHashes.keep(database.db, { id, password_hash: hash }, right)));
    const check = passwordCheck(database, { ntHashes });
    const office = { ip: '192.0.2.50', correlationId: 'test' };
    const all = await Promise.all(ids.map((_, n) => codeOf(check(`office-${n + 1}`, right, office))));
    expect(new Set(all)).toEqual(new Set(['in']));
    await sql`insert into people_sign_in_attempt (user_name, ip, succeeded, settled) select 'spray-' || n, '192.0.2.50', false, true from generate_series(1, 31) n`.execute(
      database.db,
    );
    expect(await codeOf(check('office-1', right, office))).toBe('people.sign-in-backoff');
    expect(await codeOf(check('office-1', right, from))).toBe('in');
  });

  test('strangers who guess keep nobody out of where they are known; guesses from there count there', async () => {
    const user = await addUser('target');
    const ntHashes = ntHashStore(key);
    await ntHashes.keep(database.db, user, right);
    const check = passwordCheck(database, { ntHashes });
    const at = (ip: string) => ({ ip, correlationId: 'test' });
    expect(await codeOf(check('target', right, at('192.0.2.60')))).toBe('in');
    await sql`insert into people_sign_in_attempt (user_name, ip, succeeded, settled)
      select 'target', ('198.51.100.' || n)::inet, false, true from generate_series(1, 40) n`.execute(database.db);
    expect(await codeOf(check('target', right, at('203.0.113.9')))).toBe('people.sign-in-backoff');
    expect(await codeOf(check('target', right, at('192.0.2.60')))).toBe('in');
    const guesses = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((n) => codeOf(check('target', `g${n}`, at('192.0.2.60')))),
    );
    expect(guesses.filter((code) => code === 'people.sign-in-backoff')).toHaveLength(1);
  });

  test('addresses of one IPv6 network wait for each other', async () => {
    await sql`insert into people_sign_in_attempt (user_name, ip, succeeded, settled)
      select 'six-' || n, '2001:db8:0:6::', false, true from generate_series(1, 40) n`.execute(database.db);
    const check = passwordCheck(database);
    const at = (ip: string) => ({ ip, correlationId: 'test' });
    expect(await codeOf(check('nobody', right, at('2001:db8:0:6:1:2:3:4')))).toBe('people.sign-in-backoff');
    expect(await codeOf(check('nobody', right, at('2001:db8:0:7:1:2:3:4')))).toBe('people.sign-in-failed');
    const booked = await sql<{ ip: string }>`
      select host(ip) as ip from people_sign_in_attempt where user_name = 'nobody'`.execute(database.db);
    expect(booked.rows).toEqual([{ ip: '2001:db8:0:7::' }]);
  });
});

describe('network level authentication', () => {
  test('gives the hash of the password that holds, to nobody who is disabled, removed or has to wait', async () => {
    const user = await addUser('Nora');
    const ntHashes = ntHashStore(key);
    const nla = nlaIdentity(database, ntHashes);
    expect(await nla.ntHash('nora', '')).toBeNull();
    await ntHashes.keep(database.db, user, right);
    expect(await nla.ntHash('NORA', '')).toEqual(ntHash(right));
    expect(await nla.accepted('NORA', '')).toEqual({ id: user.id, name: 'Nora' });
    // Whoever changes the password by another way makes the old hash worthless.
    await database.db
      .updateTable('people_user')
      .set({ password_hash: `${hash}x` })
      .where('id', '=', user.id)
      .execute();
    expect(await nla.ntHash('nora', '')).toBeNull();
    await database.db
      .updateTable('people_user')
      .set({ password_hash: hash, disabled: true })
      .where('id', '=', user.id)
      .execute();
    expect(await nla.ntHash('nora', '')).toBeNull();
    expect(await nla.accepted('nora', '')).toBeNull();
    await database.db.updateTable('people_user').set({ disabled: false }).where('id', '=', user.id).execute();
    expect(await nlaIdentity(database, ntHashStore(randomBytes(32))).ntHash('nora', '')).toBeNull();
    await nla.accepted('nora', '');
    for (let failures = 0; failures < 5; failures++) expect(await nla.ntHash('nora', '')).not.toBeNull();
    // The fifth failure starts the waiting, for passwords as for NLA.
    expect(await nla.ntHash('nora', '')).toBeNull();
    expect(await codeOf(passwordCheck(database, { ntHashes })('nora', right, { ip: '', correlationId: '' }))).toBe(
      'people.sign-in-backoff',
    );
  });

  test('keeps nothing while it is forbidden', async () => {
    const user = await addUser('quiet');
    const ntHashes = ntHashStore(key);
    await ntHashes.keep(database.db, user, right);
    await database.db.insertInto('setting').values({ key: nlaSetting, value: 'false' }).execute();
    try {
      await ntHashes.keep(database.db, user, right);
      expect(await secretStore(database.db, key).get(`nt-hash/${user.id.toLowerCase()}`)).toBeUndefined();
      expect((await peopleOfBroker(database, key)).nla).toBeUndefined();
    } finally {
      await database.db.deleteFrom('setting').where('key', '=', nlaSetting).execute();
    }
    await ntHashes.keep(database.db, user, right);
    await ntHashes.forgetAll(database.db);
    expect(await secretStore(database.db, key).get(`nt-hash/${user.id.toLowerCase()}`)).toBeUndefined();
    expect((await peopleOfBroker(database, key)).nla).toBeDefined();
  });
});

describe('tickets', () => {
  test('a ticket signs its person in once, and for a minute', async () => {
    const user = await addUser('Tess');
    await addUser('Thief');
    // Each as if at another broker.
    const check = (name: string, ticket: string) => ticketCheck(database)(name, ticket);
    const issue = async () =>
      (await issueTicket(database.db, key, { userId: user.id, collectionId: null, targetId: null })).ticket;
    const ticket = await issue();
    expect(ticket).toMatch(/^att_[\w-]{28}$/);
    expect(await check('thief', ticket)).toBeNull();
    expect(await check('tess', `${ticket.slice(0, -1)}!`)).toBeNull();
    // Whoever proves a ticket without showing it is compared with those that are out.
    expect(await liveTickets(database, key, 'TESS')).toEqual([ticket]);
    expect(await liveTickets(database, key, 'thief')).toEqual([]);
    const uses = await Promise.all(Array.from({ length: 10 }, () => check('TESS', ticket)));
    expect(uses.filter((use) => use !== null)).toEqual([{ id: user.id, name: 'Tess', collection: null, target: null }]);
    expect(await liveTickets(database, key, 'tess')).toEqual([]);
    const late = await issue();
    await sql`update broker_ticket set expires_at = clock_timestamp() where used_at is null`.execute(database.db);
    expect(await check('tess', late)).toBeNull();
    expect(await liveTickets(database, key, 'tess')).toEqual([]);
    const disabled = await issue();
    await database.db.updateTable('people_user').set({ disabled: true }).where('id', '=', user.id).execute();
    expect(await check('tess', disabled)).toBeNull();
  });
});
