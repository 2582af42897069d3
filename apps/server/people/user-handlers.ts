import { hashPassword } from '@atelier/adapters/identity';
import type { Database } from '@atelier/adapters/postgres';
import type { peopleEndpoints } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import type { Handlers } from '../http/handlers.ts';
import { pageOf, readCursor } from '../http/page.ts';
import { requireRevision } from '../http/revision.ts';
import { requireGoodPassword } from '../identity/password-rules.ts';
import { endSessions } from '../identity/sessions.ts';
import type { Services } from '../services.ts';
import { makeUser } from './make-user.ts';
import { lockOwners, requireOwner } from './owners.ts';
import { containing, findUser, selectUsers, userView } from './user-view.ts';

type UserHandlers = Pick<
  Handlers<typeof peopleEndpoints>,
  'listUsers' | 'createUser' | 'getUser' | 'updateUser' | 'setUserPassword' | 'deleteUser'
>;

const locked = async (trx: Transaction<Database>, id: string) => {
  const row = await trx.selectFrom('people_user').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw new AtelierError('people.not-found', `there is no user ${id}`);
  return row;
};

const facts = (row: { name: string; display_name: string; email: string | null; disabled: boolean }) => ({
  name: row.name,
  displayName: row.display_name,
  email: row.email,
  disabled: row.disabled,
});

/** The users of the local directory. */
export function userHandlers({ database, db, audit, people }: Services): UserHandlers {
  return {
    async listUsers({ query }) {
      const after = readCursor(query.cursor, z.string().max(200));
      const part = query.search && containing(query.search);
      const rows = await selectUsers(db)
        .$if(after !== undefined, (select) => select.where(sql<string>`lower(person.name)`, '>', after!))
        .$if(Boolean(part), (select) =>
          select.where((eb) =>
            eb.or((['name', 'display_name', 'email'] as const).map((column) => eb(`person.${column}`, 'ilike', part!))),
          ),
        )
        .orderBy('folded')
        .limit(query.limit + 1)
        .execute();
      return pageOf(rows, query.limit, (row) => row.folded, userView);
    },

    async createUser({ body }, context) {
      if (body.password !== null) requireGoodPassword(body.password, body.name);
      const passwordHash = body.password === null ? null : await hashPassword(body.password);
      const id = await database.withTransaction(async (trx) => {
        const made = await makeUser(trx, { ...body, passwordHash });
        if (body.password !== null) await people.passwordSet(trx, made, body.password);
        await audit.append(trx, context, {
          verb: 'user.create',
          object: { kind: 'user', id: made.id, name: made.name },
          before: null,
          after: facts(made),
        });
        return made.id;
      });
      return userView(await findUser(db, id));
    },

    async getUser({ params }) {
      const user = await findUser(db, params.id);
      const inside = await people.groupIdsOf(user.id);
      const groups = await db
        .selectFrom('people_group as one')
        .leftJoin('people_membership as direct', (join) =>
          join.onRef('direct.group_id', '=', 'one.id').on('direct.user_id', '=', user.id),
        )
        .select(['one.id', 'one.name', 'one.built_in', 'direct.user_id'])
        .where('one.id', 'in', [...inside])
        .orderBy(sql`lower(one.name)`)
        .execute();
      return {
        ...userView(user),
        groups: groups.map((one) => ({ id: one.id, name: one.name, direct: one.built_in || one.user_id !== null })),
      };
    },

    async updateUser({ params, body }, context) {
      await database.withTransaction(async (trx) => {
        await lockOwners(trx);
        const before = await locked(trx, params.id);
        requireRevision(context.ifMatch, before.rev);
        const after = await trx
          .updateTable('people_user')
          .set({
            display_name: body.displayName ?? before.display_name,
            email: body.email === undefined ? before.email : body.email,
            disabled: body.disabled ?? before.disabled,
          })
          .where('id', '=', params.id)
          .returningAll()
          .executeTakeFirstOrThrow();
        if (after.disabled && !before.disabled) {
          await requireOwner(trx);
          await endSessions(trx, params.id);
        }
        await audit.append(trx, context, {
          verb: 'user.update',
          object: { kind: 'user', id: after.id, name: after.name },
          before: facts(before),
          after: facts(after),
        });
      });
      return userView(await findUser(db, params.id));
    },

    async setUserPassword({ params, body }, context) {
      const { name } = await findUser(db, params.id);
      requireGoodPassword(body.password, name);
      const hash = await hashPassword(body.password);
      await database.withTransaction(async (trx) => {
        const user = await locked(trx, params.id);
        requireRevision(context.ifMatch, user.rev);
        await trx.updateTable('people_user').set({ password_hash: hash }).where('id', '=', user.id).execute();
        await people.passwordSet(trx, { id: user.id, password_hash: hash }, body.password);
        await endSessions(trx, user.id);
        // Whoever forgot the old one should not have to wait with the new one.
        await trx
          .deleteFrom('people_sign_in_attempt')
          .where('user_name', '=', user.name.toLowerCase())
          .where('succeeded', '=', false)
          .execute();
        await audit.append(trx, context, {
          verb: 'user.set-password',
          object: { kind: 'user', id: user.id, name: user.name },
        });
      });
    },

    async deleteUser({ params }, context) {
      await database.withTransaction(async (trx) => {
        await lockOwners(trx);
        const before = await locked(trx, params.id);
        requireRevision(context.ifMatch, before.rev);
        await trx.deleteFrom('people_user').where('id', '=', before.id).execute();
        await people.userRemoved(trx, before.id);
        await requireOwner(trx);
        await audit.append(trx, context, {
          verb: 'user.delete',
          object: { kind: 'user', id: before.id, name: before.name },
          before: facts(before),
          after: null,
        });
      });
    },
  };
}
