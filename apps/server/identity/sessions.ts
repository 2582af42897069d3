import { newId } from '@atelier/adapters/postgres';
import { sql } from 'kysely';
import type { Queries } from '../services.ts';
import { hashSecret, newSecret } from './secret-text.ts';

/** A session ends after this time without use, and at the latest after its longest life. */
const idleHours = 12;
export const longestDays = 30;

/** Makes a session and gives its secret, which is not kept. */
export async function createSession(
  queries: Queries,
  userId: string,
  from: { readonly ip: string; readonly userAgent: string },
): Promise<{ readonly id: string; readonly secret: string }> {
  const secret = newSecret('ats_');
  const id = newId();
  await queries
    .insertInto('people_session')
    .values({
      id,
      token_hash: hashSecret(secret),
      user_id: userId,
      expires_at: sql<Date>`now() + make_interval(hours => ${idleHours})`,
      ip: from.ip === '' ? null : from.ip,
      agent: from.userAgent,
    })
    .execute();
  return { id, secret };
}

/** The session of a secret with its user; slides its end when it is used. Undefined when it is unknown or over. */
export async function findSession(queries: Queries, secret: string) {
  const found = await queries
    .selectFrom('people_session as session')
    .innerJoin('people_user as person', 'person.id', 'session.user_id')
    .select([
      'session.id as id',
      'person.id as userId',
      'person.name as name',
      sql<boolean>`session.last_used_at < now() - interval '5 minutes'`.as('stale'),
    ])
    .where('session.token_hash', '=', hashSecret(secret))
    .where('session.expires_at', '>', sql<Date>`now()`)
    .where('person.disabled', '=', false)
    .executeTakeFirst();
  if (found?.stale)
    await queries
      .updateTable('people_session')
      .set({
        last_used_at: sql<Date>`now()`,
        expires_at: sql<Date>`least(now() + make_interval(hours => ${idleHours}), created_at + make_interval(days => ${longestDays}))`,
      })
      .where('id', '=', found.id)
      .execute();
  return found;
}

/** Ends the sessions of a user, but for one if it is given. */
export async function endSessions(queries: Queries, userId: string, exceptId?: string): Promise<void> {
  await queries
    .deleteFrom('people_session')
    .where('user_id', '=', userId)
    .$if(exceptId !== undefined, (query) => query.where('id', '<>', exceptId!))
    .execute();
}
