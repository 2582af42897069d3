import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { issueTicket } from '@atelier/adapters/identity';
import { newId } from '@atelier/adapters/postgres';
import { encodeClassicToken } from '@atelier/rdp';
import { sql } from 'kysely';
import { brokerFleet } from '../../../peers/rdp-lab/broker-fleet.ts';
import { startHaproxy } from './haproxy.ts';
import { end, forked } from './run-load.ts';

/** One way to a target: its port, what clients carry there, and the processes whose time it costs. */
export interface Door {
  readonly name: 'direct' | 'HAProxy' | 'ours';
  readonly port: number;
  readonly tokens: readonly string[];
  readonly pids: readonly number[];
}

/** A token is refused after ten uses within a minute: this many are enough for what one core can. */
const tokenCount = 8000;
const targets = 32;

/** Two brokers over one PostgreSQL, HAProxy, and a target, all on loopback, each in a process of its own. */
export async function brokerStand(people: number) {
  const { child: target, said: targetPort } = await forked<number>('dummy-target');
  const haproxy = await startHaproxy(targetPort);
  const fleet = await brokerFleet({ brokers: 2, people, targets }).catch(async (error: unknown) => {
    await haproxy.stop();
    await end(target);
    throw error;
  });
  const { db } = fleet.database;
  await sql`update broker_target set endpoints = ${JSON.stringify([{ address: '127.0.0.1', port: targetPort }])}::jsonb`.execute(
    db,
  );
  const tokens = Array.from({ length: tokenCount }, () => randomBytes(24).toString('base64url'));
  const hashes = tokens.map((one) => createHash('sha256').update(one).digest());
  const ids = tokens.map(() => newId());
  await sql`
    with one as (
      select id, hash, n from unnest(${ids}::text[], ${hashes}::bytea[]) with ordinality as given (id, hash, n)
    ), place as (select id, collection_id, row_number() over (order by id) - 1 as n from broker_target
    ), person as (insert into people_user (id, name) select id, 'relayed-' || n from one returning id
    ), session as (
      insert into broker_session (id, collection_id, target_id, user_id, user_name, state, host_session_id)
      select one.id, place.collection_id, place.id, person.id, 'relayed-' || one.n, 'active', one.n::text
        from one join person using (id) join place on place.n = one.n % ${targets}
      returning id, target_id, user_id
    )
    insert into broker_token (token_hash, session_id, target_id, user_id, client_address, expires_at)
    select one.hash, session.id, session.target_id, session.user_id, '127.0.0.1', clock_timestamp() + interval '1 day'
      from one join session using (id)`.execute(db);
  await sql`vacuum analyze`.execute(db);
  const { rows } = await sql<{ folder: string }>`select current_setting('data_directory') as folder`.execute(db);
  const postgres = Number(readFileSync(join(rows[0]!.folder, 'postmaster.pid'), 'utf8').split('\n')[0]);
  const [first, second] = fleet.brokers;
  const classic = `${encodeClassicToken({ address: '127.0.0.1', port: targetPort })}`;
  const doors: readonly Door[] = [
    { name: 'direct', port: targetPort, tokens: [classic], pids: [] },
    { name: 'HAProxy', port: haproxy.port, tokens: [classic], pids: [haproxy.pid] },
    { name: 'ours', port: first!.port, tokens, pids: [first!.pid, postgres] },
  ];
  return {
    doors,
    brokers: [first!, second!] as const,
    postgres,
    password: fleet.password,
    /** Tokens are as if nobody had used them, and the database has tidied up after that. */
    async freshTokens(): Promise<void> {
      await sql`update broker_token set hops = 0, uses = 0, last_used_at = null, client_address = '127.0.0.1'`.execute(
        db,
      );
      await sql`vacuum broker_token`.execute(db);
    },
    /** One-time tickets for people. */
    async tickets(names: readonly string[]): Promise<readonly { readonly name: string; readonly password: string }[]> {
      const users = await db.selectFrom('people_user').select(['id', 'name']).where('name', 'in', names).execute();
      return await Promise.all(
        users.map(async ({ id, name }) => {
          const { ticket } = await issueTicket(db, randomBytes(32), { userId: id, collectionId: null, targetId: null });
          return { name, password: ticket };
        }),
      );
    },
    async stop() {
      await fleet.stop();
      await haproxy.stop();
      await end(target);
    },
  };
}

export type BrokerStand = Awaited<ReturnType<typeof brokerStand>>;
