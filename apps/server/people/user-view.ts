import { AtelierError } from '@atelier/domain/errors';
import { sql } from 'kysely';
import type { Queries } from '../services.ts';

/** What a search box means: a part of a text, with `%` and `_` as themselves. */
export const containing = (search: string): string => `%${search.replace(/[\\%_]/g, '\\$&')}%`;

const lastSignIn = sql<Date | null>`(
  select max(at) from people_sign_in_attempt attempt where attempt.user_name = lower(person.name) and attempt.succeeded
)`;

/** Users with when they signed in last. */
export const selectUsers = (queries: Queries) =>
  queries
    .selectFrom('people_user as person')
    .select([
      'person.id',
      'person.name',
      'person.display_name',
      'person.email',
      'person.disabled',
      'person.created_at',
      'person.rev',
      sql<boolean>`person.password_hash is not null`.as('has_password'),
      sql<string>`lower(person.name)`.as('folded'),
      lastSignIn.as('last_sign_in_at'),
    ]);

export type UserRow = Awaited<ReturnType<ReturnType<typeof selectUsers>['executeTakeFirstOrThrow']>>;

/** A user as the contract has it. */
export const userView = (row: UserRow) => ({
  id: row.id,
  name: row.name,
  displayName: row.display_name,
  email: row.email,
  disabled: row.disabled,
  hasPassword: row.has_password,
  createdAt: row.created_at.toISOString(),
  lastSignInAt: row.last_sign_in_at === null ? null : new Date(row.last_sign_in_at).toISOString(),
  rev: row.rev,
});

/**
 * A user by id, or by name without regard to case.
 * @throws AtelierError `people.not-found`
 */
export async function findUser(queries: Queries, idOrName: string): Promise<UserRow> {
  const row = await selectUsers(queries)
    .where((eb) => eb.or([eb('person.id', '=', idOrName), eb(sql`lower(person.name)`, '=', idOrName.toLowerCase())]))
    // A name may look like somebody else's id: the id wins.
    .orderBy(sql`person.id = ${idOrName}`, 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!row) throw new AtelierError('people.not-found', `there is no user ${idOrName}`);
  return row;
}
