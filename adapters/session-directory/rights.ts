import { groupsInside } from '@atelier/adapters/identity';
import { type DatabaseHandle, gathered, kept } from '@atelier/adapters/postgres';
import { sql } from 'kysely';
import { type CollectionRow, collectionOf } from './rows.ts';
import type { Rights, SessionDirectory } from './session-directory.ts';

const mostTogether = 64;
/** Longest wait for others in a crowd. */
const crowdMs = 10;

interface Found {
  readonly n: number;
  readonly group_ids: readonly string[];
  readonly collections: readonly CollectionRow[] | null;
}

async function look({ db }: DatabaseHandle, users: readonly string[]): Promise<readonly Rights[]> {
  const everyone = sql`(select id from people_group where built_in and name = 'everyone')`;
  const { rows } = await sql<Found>`${kept}
    select asked.n::integer as n, groups.ids as group_ids, usable.list as collections
      from unnest(${users}::text[]) with ordinality as asked (user_id, n)
     cross join lateral (
       ${groupsInside(sql`asked.user_id`, everyone)} select array_agg(id::text) as ids from inside where id is not null
     ) groups
     cross join lateral (
       select jsonb_agg(to_jsonb(one) order by lower(one.name)) as list
         from (
           select id, name, description, kind, redirect_mode, target_sign_in, load_balancing, pending_penalty, pending_seconds, start_seconds, enabled
             from broker_collection
            where enabled and id in (
              select collection_id from broker_entitlement where user_id = asked.user_id
               union
              select collection_id from broker_entitlement where group_id = any (groups.ids)
            )
         ) one
     ) usable`.execute(db);
  const results: Rights[] = users.map(() => ({ groupIds: [], collections: [] }));
  for (const { n, group_ids, collections } of rows)
    results[n - 1] = { groupIds: group_ids ?? [], collections: (collections ?? []).map(collectionOf) };
  return results;
}

/** What people may use: of several who ask at once, in one statement. */
export const rights = (database: DatabaseHandle): Pick<SessionDirectory, 'rightsOf'> => ({
  rightsOf: gathered((users: readonly string[]) => look(database, users), {
    keyOf: (userId) => userId,
    most: mostTogether,
    crowdMs,
  }),
});
