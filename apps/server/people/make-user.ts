import { newId } from '@atelier/adapters/postgres';
import { peopleEndpoints } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import type { Queries } from '../services.ts';

/** The contract's rule for names, for callers whose own address is less strict. */
function requireName(name: string): void {
  const issue = peopleEndpoints.createUser.body.shape.name.safeParse(name).error?.issues[0];
  if (issue)
    throw new AtelierError('request.invalid', `body.name: ${issue.message}`, {
      extra: { fields: [{ field: 'body.name', message: issue.message }] },
    });
}

/**
 * Adds a user to the local directory.
 * @throws AtelierError `people.name-taken`, `request.invalid`
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
  requireName(name);
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
