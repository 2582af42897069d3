import { newId } from '@atelier/adapters/postgres';
import { AtelierError } from '@atelier/domain/errors';
import { sql } from 'kysely';
import type { Queries } from '../services.ts';
import { hashSecret, newSecret } from './secret-text.ts';

const validHours = 24;

/** Whether nobody is an owner yet: then the first administrator is still to be made. */
export async function setupNeeded(queries: Queries): Promise<boolean> {
  const owner = await queries
    .selectFrom('people_role_binding')
    .select('id')
    .where('role', '=', 'owner')
    .where('scope_kind', '=', 'all')
    .limit(1)
    .executeTakeFirst();
  return owner === undefined;
}

/** Makes all links that were not used void. */
export const voidSetupLinks = (queries: Queries): Promise<unknown> =>
  queries.deleteFrom('people_setup_link').where('user_id', 'is', null).where('used_at', 'is', null).execute();

/** Makes a one-time link that makes an owner, good for 24 hours. */
export async function createSetupLink(queries: Queries, publicUrl: string): Promise<string> {
  const token = newSecret('atu_');
  await queries
    .insertInto('people_setup_link')
    .values({
      id: newId(),
      token_hash: hashSecret(token),
      expires_at: sql<Date>`now() + make_interval(hours => ${validHours})`,
    })
    .execute();
  return `${publicUrl}/setup#token=${token}`;
}

/**
 * Looks whether the link is good, before any work is done for it.
 * @throws AtelierError `people.setup-link-invalid`
 */
export async function requireSetupLink(queries: Queries, token: string): Promise<void> {
  const good = await queries
    .selectFrom('people_setup_link')
    .select('id')
    .where('token_hash', '=', hashSecret(token))
    .where('user_id', 'is', null)
    .where('used_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst();
  if (!good) throw new AtelierError('people.setup-link-invalid', 'the link was used, has expired, or is incomplete');
}

/**
 * Uses up the link and voids the others, in the transaction that makes the administrator.
 * @throws AtelierError `people.setup-link-invalid`
 */
export async function useSetupLink(queries: Queries, token: string): Promise<void> {
  const used = await queries
    .updateTable('people_setup_link')
    .set({ used_at: sql<Date>`now()` })
    .where('token_hash', '=', hashSecret(token))
    .where('user_id', 'is', null)
    .where('used_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .returning('id')
    .executeTakeFirst();
  if (!used) throw new AtelierError('people.setup-link-invalid', 'the link was used, has expired, or is incomplete');
  await voidSetupLinks(queries);
}
