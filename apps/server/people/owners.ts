import type { Database } from '@atelier/adapters/postgres';
import { AtelierError } from '@atelier/domain/errors';
import { sql, type Transaction } from 'kysely';

/** Makes changes that could take the last owner away wait for each other; call it before such a change. */
export const lockOwners = (trx: Transaction<Database>): Promise<unknown> =>
  sql`select pg_advisory_xact_lock(hashtextextended('people owners', 0))`.execute(trx);

/**
 * Refuses the change that was just made in this transaction if nobody is left who can sign in and owns everything.
 * @throws AtelierError `people.last-owner`
 */
export async function requireOwner(trx: Transaction<Database>): Promise<void> {
  const { rows } = await sql`
    with recursive covered (id) as (
      select group_id from people_role_binding where role = 'owner' and scope_kind = 'all' and group_id is not null
       union
      select membership.member_group_id
        from people_membership membership
        join covered on membership.group_id = covered.id
       where membership.member_group_id is not null
    )
    select 1
      from people_user person
     where not person.disabled
       and person.password_hash is not null
       and (
         exists (select from people_role_binding where user_id = person.id and role = 'owner' and scope_kind = 'all')
         or exists (select from people_membership where user_id = person.id and group_id in (select id from covered))
         or exists (select from people_group where built_in and id in (select id from covered))
       )
     limit 1`.execute(trx);
  if (rows.length === 0) throw new AtelierError('people.last-owner', 'nobody who can sign in would be an owner');
}
