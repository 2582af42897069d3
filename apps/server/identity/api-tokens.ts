import { type Permission, permissionSchema } from '@atelier/domain/people';
import { sql } from 'kysely';
import type { Queries } from '../services.ts';
import { hashSecret } from './secret-text.ts';

/** Scopes as they are stored; one that a later version no longer has gives nothing. */
export const scopesOf = (stored: readonly string[]): readonly Permission[] =>
  stored.filter((scope): scope is Permission => permissionSchema.safeParse(scope).success);

/** The API token of a secret with its user; notes its use once a minute. Undefined when it is unknown or over. */
export async function findToken(queries: Queries, secret: string) {
  const found = await queries
    .selectFrom('people_token as token')
    .innerJoin('people_user as person', 'person.id', 'token.user_id')
    .select([
      'token.id as id',
      'person.id as userId',
      'person.name as name',
      'token.scopes as scopes',
      sql<boolean>`coalesce(token.last_used_at < now() - interval '1 minute', true)`.as('stale'),
    ])
    .where('token.token_hash', '=', hashSecret(secret))
    .where((eb) => eb.or([eb('token.expires_at', 'is', null), eb('token.expires_at', '>', sql<Date>`now()`)]))
    .where('person.disabled', '=', false)
    .executeTakeFirst();
  if (found?.stale)
    await queries
      .updateTable('people_token')
      .set({ last_used_at: sql<Date>`now()` })
      .where('id', '=', found.id)
      .execute();
  return found;
}
