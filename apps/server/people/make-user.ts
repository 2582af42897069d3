import { newId } from '@atelier/adapters/postgres';
import { AtelierError } from '@atelier/domain/errors';
import type { Queries } from '../services.ts';

/**
 * Adds a user to the local directory.
 * @throws AtelierError `people.name-taken`
 */
export async function makeUser(
  queries: Queries,
  user: {
    readonly name: string;
    readonly displayName: string;
    readonly email: string | null;
    readonly passwordHash: string | null;
  },
) {
  const name = user.name.trim();
  const row = await queries
    .insertInto('people_user')
    .values({
      id: newId(),
      name,
      display_name: user.displayName,
      email: user.email,
      password_hash: user.passwordHash,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (!row) throw new AtelierError('people.name-taken', `the name ${name} is taken`);
  return row;
}
