import { type Database, newId } from '@atelier/adapters/postgres';
import type { peopleEndpoints } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import type { Handlers } from '../http/handlers.ts';
import { pageOf, readCursor } from '../http/page.ts';
import { requireRevision } from '../http/revision.ts';
import type { Services } from '../services.ts';
import { findGroup, groupView, selectGroups } from './group-view.ts';
import { lockOwners, requireOwner } from './owners.ts';
import { containing } from './user-view.ts';

type GroupHandlers = Pick<
  Handlers<typeof peopleEndpoints>,
  'listGroups' | 'createGroup' | 'getGroup' | 'updateGroup' | 'deleteGroup'
>;

/** A group that people may change, locked. */
export const lockedGroup = async (trx: Transaction<Database>, id: string) => {
  const row = await trx.selectFrom('people_group').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw new AtelierError('people.not-found', `there is no group ${id}`);
  if (row.built_in)
    throw new AtelierError('request.invalid', `the group ${row.name} is built in: everybody is in it, and it stays`);
  return row;
};

const facts = (row: { name: string; description: string }) => ({ name: row.name, description: row.description });

/** The groups of the local directory. */
export function groupHandlers({ database, db, audit }: Services): GroupHandlers {
  return {
    async listGroups({ query }) {
      const after = readCursor(query.cursor, z.string().max(200));
      const part = query.search && containing(query.search);
      const rows = await selectGroups(db)
        .$if(after !== undefined, (select) => select.where(sql<string>`lower(one.name)`, '>', after!))
        .$if(Boolean(part), (select) =>
          select.where((eb) => eb.or([eb('one.name', 'ilike', part!), eb('one.description', 'ilike', part!)])),
        )
        .orderBy('folded')
        .limit(query.limit + 1)
        .execute();
      return pageOf(rows, query.limit, (row) => row.folded, groupView);
    },

    async createGroup({ body }, context) {
      const id = await database.withTransaction(async (trx) => {
        const made = await trx
          .insertInto('people_group')
          .values({ id: newId(), name: body.name.trim(), description: body.description })
          .onConflict((conflict) => conflict.doNothing())
          .returningAll()
          .executeTakeFirst();
        if (!made) throw new AtelierError('people.name-taken', `the name ${body.name} is taken`);
        await audit.append(trx, context, {
          verb: 'group.create',
          object: { kind: 'group', id: made.id, name: made.name },
          before: null,
          after: facts(made),
        });
        return made.id;
      });
      return groupView(await findGroup(db, id));
    },

    async getGroup({ params }) {
      return groupView(await findGroup(db, params.id));
    },

    async updateGroup({ params, body }, context) {
      await database.withTransaction(async (trx) => {
        const before = await lockedGroup(trx, params.id);
        requireRevision(context.ifMatch, before.rev);
        const name = body.name?.trim() ?? before.name;
        const taken = await trx
          .selectFrom('people_group')
          .select('id')
          .where(sql<string>`lower(name)`, '=', name.toLowerCase())
          .where('id', '<>', before.id)
          .executeTakeFirst();
        if (taken) throw new AtelierError('people.name-taken', `the name ${name} is taken`);
        const after = await trx
          .updateTable('people_group')
          .set({ name, description: body.description ?? before.description })
          .where('id', '=', before.id)
          .returningAll()
          .executeTakeFirstOrThrow();
        await audit.append(trx, context, {
          verb: 'group.update',
          object: { kind: 'group', id: after.id, name: after.name },
          before: facts(before),
          after: facts(after),
        });
      });
      return groupView(await findGroup(db, params.id));
    },

    async deleteGroup({ params }, context) {
      await database.withTransaction(async (trx) => {
        await lockOwners(trx);
        const before = await lockedGroup(trx, params.id);
        requireRevision(context.ifMatch, before.rev);
        await trx.deleteFrom('people_group').where('id', '=', before.id).execute();
        await requireOwner(trx);
        await audit.append(trx, context, {
          verb: 'group.delete',
          object: { kind: 'group', id: before.id, name: before.name },
          before: facts(before),
          after: null,
        });
      });
    },
  };
}
