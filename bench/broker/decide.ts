// Measures decisions of the session directory on a private PostgreSQL that is durable, with a full directory:
//   node bench/broker/decide.ts [--targets 10000] [--sessions 100000] [--collections 10] [--seconds 5]
// Prints Markdown: one after the other (what a person waits), several at once in many collections and in one; processor time is this process's (the
// broker's half) and PostgreSQL's.
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { newId, openDatabase } from '@atelier/adapters/postgres';
import { openSessionDirectory } from '@atelier/adapters/session-directory';
import type { Collection } from '@atelier/domain/broker';
import { sql } from 'kysely';
import { cpuSeconds } from './load/process-use.ts';

const { values: given } = parseArgs({
  options: {
    targets: { type: 'string', default: '10000' },
    sessions: { type: 'string', default: '100000' },
    collections: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '5' },
  },
});
const [targets, sessions, farms, seconds] = [given.targets, given.sessions, given.collections, given.seconds].map(
  Number,
) as [number, number, number, number];

const folder = await mkdtemp(join(tmpdir(), 'atelier-decide-'));
const database = await openDatabase({ private: folder });
const directory = openSessionDirectory(database);

/** A ULID from a number, in SQL: 26 characters that sort as it does. */
const ulid = (prefix: string, n: string) => sql.raw(`'0${prefix}' || lpad(${n}::text, 23, '0')`);

/** `people` users, all targets, and a session for each of the first users, as if they had worked since the morning. */
async function fill(people: number): Promise<readonly Collection[]> {
  const { db } = database;
  await sql`insert into people_user (id, name) select ${ulid('AA', 'n')}, 'user-' || n from generate_series(1, ${people}::int) n`.execute(
    db,
  );
  const all: Collection[] = [];
  for (let n = 0; n < farms; n++) {
    const id = newId();
    await db
      .insertInto('broker_collection')
      .values({ id, name: `farm-${n}`, kind: 'session-hosts' })
      .execute();
    all.push((await directory.collection(`farm-${n}`))!);
    await sql`
      insert into broker_target (id, name, kind, collection_id, state, fqdn, endpoints)
      select ${ulid('BB', `(${n} + ${farms} * i)`)}, ${`host-${n}-`} || i, 'session-host', ${id}, 'running', ${`host-${n}-`} || i || '.example',
             '[{"address": "192.0.2.1", "port": 3389}]'
        from generate_series(1, ${Math.floor(targets / farms)}::int) i`.execute(db);
  }
  await sql`
    with place as (select id, collection_id, row_number() over (order by id) - 1 as n from broker_target)
    insert into broker_session (id, collection_id, target_id, user_id, user_name, state, host_session_id)
    select ${ulid('CC', 'u')}, place.collection_id, place.id, ${ulid('AA', 'u')}, 'user-' || u, case when u % 5 = 0 then 'disconnected' else 'active' end, u::text
      from generate_series(1, ${sessions}::int) u join place on place.n = u % (select count(*) from place)`.execute(db);
  await sql`vacuum analyze`.execute(db);
  return all;
}

const request = (user: number, collection: Collection) => ({
  id: newId(),
  userId: `0AA${String(user).padStart(23, '0')}`,
  user: `user-${user}`,
  domain: '',
  groupIds: [],
  collection: collection.name,
  initialProgram: '',
  client: {
    name: 'desk',
    address: '192.0.2.7',
    build: 2600,
    tsvUrl: '',
    display: { width: 1920, height: 1080, depth: 32 },
  },
  properties: {},
});

let nextUser = sessions;
const idleUsers = Math.max(20_000, seconds * 3000 * 4);

/** Decisions for new people, `atOnce` at a time, each with its token; milliseconds of each decision. */
async function measure(name: string, pick: (n: number) => Collection, atOnce: number, withToken: boolean) {
  const times: number[] = [];
  const until = performance.now() + seconds * 1000;
  const work = async () => {
    while (performance.now() < until && nextUser < sessions + idleUsers) {
      const collection = pick(nextUser);
      const asked = request(++nextUser, collection);
      const since = performance.now();
      const claim = await directory.claimLeastLoaded(asked, collection);
      times.push(performance.now() - since);
      if ('kind' in claim) throw new Error(`refused: ${JSON.stringify(claim)}`);
      if (withToken) await directory.issueToken(claim, asked.client.address);
    }
  };
  const [began, ours, postgres] = [performance.now(), process.cpuUsage(), cpuSeconds(database.pid()!)];
  await Promise.all(Array.from({ length: atOnce }, work));
  const perSecond = times.length / ((performance.now() - began) / 1000);
  const { user, system } = process.cpuUsage(ours);
  const cpu = [(user + system) / 1000, (cpuSeconds(database.pid()!) - postgres) * 1000];
  const each = cpu.map((ms) => (ms / times.length).toFixed(2)).join(' + ');
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))]!.toFixed(2);
  const cells = [name, perSecond.toFixed(0), at(0.5), at(0.95), at(0.99), at(1), each, loadavg()[0]!.toFixed(1)];
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}

try {
  const all = await fill(sessions + idleUsers);
  const spread = (n: number) => all[n % all.length]!;
  const firstOnly = () => all[0]!;
  process.stdout.write(
    `${targets} targets, ${sessions} sessions, ${farms} collections; load of the machine ${loadavg()[0]!.toFixed(1)}\n\n` +
      '| decisions | per second | p50 ms | p95 ms | p99 ms | longest ms | CPU ms each | load |\n|---|---|---|---|---|---|---|---|\n',
  );
  await measure('one after the other', spread, 1, false);
  await measure('one after the other, each with its token', spread, 1, true);
  await measure('8 at once, all collections', spread, 8, false);
  await measure('8 at once, one collection', firstOnly, 8, false);
  const counts = await sql<{ least: number; most: number }>`
    select min(num_sessions + num_pending) as least, max(num_sessions + num_pending) as most from broker_target where collection_id = ${all[0]!.id}`.execute(
    database.db,
  );
  process.stdout.write(
    `\nTargets of the first collection hold ${counts.rows[0]!.least} to ${counts.rows[0]!.most} each.\n`,
  );
} finally {
  await database.close();
  await rm(folder, { recursive: true, force: true });
}
