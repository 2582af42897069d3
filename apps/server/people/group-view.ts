import { AtelierError } from '@atelier/domain/errors';
import { sql } from 'kysely';
import type { Queries } from '../services.ts';

/** Groups with how many direct members they have; the built-in one has everybody. */
export const selectGroups = (queries: Queries) =>
  queries.selectFrom('people_group as one').select([
    'one.id',
    'one.name',
    'one.description',
    'one.built_in',
    'one.rev',
    sql<string>`lower(one.name)`.as('folded'),
    sql<number>`case when one.built_in then (select count(*) from people_user)
        else (select count(*) from people_membership where group_id = one.id) end`.as('members'),
  ]);

export type GroupRow = Awaited<ReturnType<ReturnType<typeof selectGroups>['executeTakeFirstOrThrow']>>;

/** A group as the contract has it. */
export const groupView = (row: GroupRow) => ({
  id: row.id,
  name: row.name,
  description: row.description,
  builtIn: row.built_in,
  memberCount: Number(row.members),
  rev: row.rev,
});

/**
 * A group by id, or by name without regard to case.
 * @throws AtelierError `people.not-found`
 */
export async function findGroup(queries: Queries, idOrName: string): Promise<GroupRow> {
  const row = await selectGroups(queries)
    .where((eb) => eb.or([eb('one.id', '=', idOrName), eb(sql`lower(one.name)`, '=', idOrName.toLowerCase())]))
    .orderBy(sql`one.id = ${idOrName}`, 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!row) throw new AtelierError('people.not-found', `there is no group ${idOrName}`);
  return row;
}
