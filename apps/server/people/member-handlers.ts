import type { peopleEndpoints } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Handlers } from '../http/handlers.ts';
import { pageOf, readCursor } from '../http/page.ts';
import type { Queries, Services } from '../services.ts';
import { lockedGroup } from './group-handlers.ts';
import { findGroup } from './group-view.ts';
import { lockOwners, requireOwner } from './owners.ts';

type MemberHandlers = Pick<Handlers<typeof peopleEndpoints>, 'listMembers' | 'addMember' | 'removeMember'>;

interface MemberRow {
  readonly kind: 'user' | 'group';
  readonly id: string;
  readonly name: string;
  readonly folded: string;
}

/** @throws AtelierError `people.not-found` */
export async function principalName(queries: Queries, kind: 'user' | 'group', id: string): Promise<string> {
  const row = await queries
    .selectFrom(kind === 'user' ? 'people_user' : 'people_group')
    .select('name')
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw new AtelierError('people.not-found', `there is no ${kind} ${id}`);
  return row.name;
}

/** PostgreSQL's refusal of a circle, as ours. */
function asCycle(error: unknown): never {
  const { constraint } = error as { constraint?: string };
  if (constraint === 'people_membership_acyclic' || constraint === 'people_membership_not_self')
    throw new AtelierError('people.group-cycle', 'the group would contain itself', { cause: error });
  throw error;
}

/** Who is directly in which group. */
export function memberHandlers({ database, db, audit }: Services): MemberHandlers {
  return {
    async listMembers({ params, query }) {
      const group = await findGroup(db, params.id);
      const after = readCursor(query.cursor, z.tuple([z.enum(['user', 'group']), z.string().max(200)]));
      const members = group.built_in
        ? sql`select 'user' as kind, id, name, lower(name) as folded from people_user`
        : sql`
            select membership.member_kind as kind, membership.member_id as id,
                   coalesce(person.name, inner_group.name) as name, lower(coalesce(person.name, inner_group.name)) as folded
              from people_membership membership
              left join people_user person on person.id = membership.user_id
              left join people_group inner_group on inner_group.id = membership.member_group_id
             where membership.group_id = ${group.id}`;
      const { rows } = await sql<MemberRow>`
        select * from (${members}) member
         where ${after ? sql`(kind, folded) > (${after[0]}::text, ${after[1]}::text)` : sql`true`}
         order by kind, folded limit ${query.limit + 1}`.execute(db);
      return pageOf(
        rows,
        query.limit,
        (row) => [row.kind, row.folded],
        ({ kind, id, name }) => ({ kind, id, name }),
      );
    },

    async addMember({ params: { id, kind, memberId } }, context) {
      await database.withTransaction(async (trx) => {
        const group = await lockedGroup(trx, id);
        const name = await principalName(trx, kind, memberId);
        const added = await trx
          .insertInto('people_membership')
          .values({ group_id: id, [kind === 'user' ? 'user_id' : 'member_group_id']: memberId })
          .onConflict((conflict) => conflict.doNothing())
          .returning('group_id')
          .executeTakeFirst()
          .catch(asCycle);
        if (!added) return;
        await audit.append(trx, context, {
          verb: 'group.add-member',
          object: { kind: 'group', id, name: group.name },
          before: null,
          after: { member: { kind, id: memberId, name } },
        });
      });
    },

    async removeMember({ params: { id, kind, memberId } }, context) {
      await database.withTransaction(async (trx) => {
        await lockOwners(trx);
        const group = await lockedGroup(trx, id);
        const name = await principalName(trx, kind, memberId);
        const { numDeletedRows } = await trx
          .deleteFrom('people_membership')
          .where('group_id', '=', id)
          .where(kind === 'user' ? 'user_id' : 'member_group_id', '=', memberId)
          .executeTakeFirst();
        if (numDeletedRows === 0n)
          throw new AtelierError('people.not-found', `${name} is not a direct member of ${group.name}`);
        await requireOwner(trx);
        await audit.append(trx, context, {
          verb: 'group.remove-member',
          object: { kind: 'group', id, name: group.name },
          before: { member: { kind, id: memberId, name } },
          after: null,
        });
      });
    },
  };
}
