import { kept } from '@atelier/adapters/postgres';
import type { RoleBinding } from '@atelier/domain/people';
import { type RawBuilder, sql } from 'kysely';
import type { Queries } from './queries.ts';

/** As `inside (id)`: every group that a user is in, through other groups too; the built-in group holds everybody without rows. */
export const groupsInside = (userId: RawBuilder<unknown>, everyoneId: RawBuilder<unknown>) => sql`
  with recursive inside (id) as (
    select group_id from people_membership where user_id = ${userId}
     union
    select ${everyoneId}
     union
    select membership.group_id
      from people_membership membership
      join inside on membership.member_group_id = inside.id
  )`;

/** Ids of all groups that the user is in. */
export async function groupIdsOf(queries: Queries, userId: string, everyoneId: string): Promise<readonly string[]> {
  const { rows } = await sql<{
    id: string;
  }>`${kept} ${groupsInside(sql`${userId}`, sql`${everyoneId}`)} select id from inside`.execute(queries);
  return rows.map((row) => row.id);
}

/** The roles that a user has, directly and through groups. */
export async function bindingsOf(
  queries: Queries,
  userId: string,
  everyoneId: string,
): Promise<readonly RoleBinding[]> {
  const { rows } = await sql<{ role: RoleBinding['role']; kind: RoleBinding['scope']['kind']; scope: string | null }>`
    ${groupsInside(sql`${userId}`, sql`${everyoneId}`)}
    select distinct role, scope_kind as kind, scope_id as scope
      from people_role_binding
     where user_id = ${userId} or group_id in (select id from inside)
     order by role, kind, scope`.execute(queries);
  return rows.map(({ role, kind, scope }) => ({ role, scope: { kind, id: scope } }));
}
