import { newId, openDatabase } from '@atelier/adapters/postgres';
import { type TestDatabase, testDatabase } from '@atelier/adapters/postgres/testing';
import { type Claim, openSessionDirectory, type SessionDirectory } from '@atelier/adapters/session-directory';
import type { Collection, ConnectionRequest } from '@atelier/domain/broker';
import { sql } from 'kysely';

/** A database, and two directories over it with connections of their own, as two brokers have. */
export async function twoDirectories() {
  const database = await testDatabase();
  const other = await openDatabase({ url: database.url }, { migrate: false });
  return {
    database,
    one: openSessionDirectory(database),
    two: openSessionDirectory(other),
    close: async () => {
      await other.close();
      await database.close();
    },
  };
}

/** `count` users named `PREFIX-N`, made at once. */
export async function addUsers(database: TestDatabase, prefix: string, count: number): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, newId);
  await sql`
    insert into people_user (id, name)
    select id, ${`${prefix}-`} || n from unnest(${ids}::text[]) with ordinality as one (id, n)`.execute(database.db);
  return ids;
}

/** A collection with targets that run. */
export async function addCollection(
  database: TestDatabase,
  name: string,
  targets: readonly Readonly<Record<string, unknown>>[],
  settings: Readonly<Record<string, unknown>> = {},
): Promise<Collection> {
  const id = newId();
  const kind = 'session-hosts' as const;
  const row = await database.db
    .insertInto('broker_collection')
    .values({ id, name, kind, ...settings })
    .returningAll()
    .executeTakeFirstOrThrow();
  for (const [n, target] of targets.entries())
    await database.db
      .insertInto('broker_target')
      .values({
        id: newId(),
        name: `${name}-${n}`,
        kind: 'session-host',
        collection_id: id,
        state: 'running',
        ...target,
      })
      .execute();
  return {
    id,
    name,
    description: '',
    kind: row.kind,
    redirectMode: row.redirect_mode,
    targetSignIn: row.target_sign_in,
    loadBalancing: row.load_balancing,
    pendingPenalty: row.pending_penalty,
    pendingSeconds: row.pending_seconds,
    startSeconds: row.start_seconds,
    enabled: true,
  };
}

/** What a user asks for, from an address of a test network. */
export const requestOf = (userId: string, collection: Collection, user = userId): ConnectionRequest => ({
  id: newId(),
  userId,
  user,
  domain: '',
  groupIds: [],
  collection: collection.name,
  initialProgram: '',
  client: {
    name: 'desk',
    address: '192.0.2.1',
    build: 2600,
    tsvUrl: '',
    display: { width: 800, height: 600, depth: 32 },
  },
  properties: {},
});

/** Counts of the targets of a collection, as they stand and as the sessions have them. */
export async function countsOf(database: TestDatabase, collection: Collection) {
  const { rows } = await sql<{ name: string; sessions: number; pending: number; there: number; waiting: number }>`
    select target.name, num_sessions as sessions, num_pending as pending,
           count(*) filter (where session.state in ('active', 'disconnected'))::int as there,
           count(*) filter (where session.state = 'connecting')::int as waiting
      from broker_target target
      left join broker_session session on session.target_id = target.id
     where target.collection_id = ${collection.id}
     group by target.id order by target.name`.execute(database.db);
  return rows;
}

/** The claim that was made; throws when it was refused. */
export function claimed(outcome: Awaited<ReturnType<SessionDirectory['claimLeastLoaded']>>): Claim {
  if ('kind' in outcome) throw new Error(`refused: ${JSON.stringify(outcome)}`);
  return outcome;
}

/** So many targets that are alike. */
export const equal = (count: number) => Array.from({ length: count }, () => ({}));
