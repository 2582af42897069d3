import { newId } from '@atelier/adapters/postgres';
import type { peopleEndpoints } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import type { Role, Scope } from '@atelier/domain/people';
import { sql } from 'kysely';
import { z } from 'zod';
import { findScoped, isScopedKind } from '../http/find-scoped.ts';
import type { Handlers } from '../http/handlers.ts';
import { pageOf, readCursor } from '../http/page.ts';
import type { Queries, Services } from '../services.ts';
import { principalName } from './member-handlers.ts';
import { lockOwners, requireOwner } from './owners.ts';

type BindingHandlers = Pick<
  Handlers<typeof peopleEndpoints>,
  'listRoleBindings' | 'createRoleBinding' | 'deleteRoleBinding'
>;

interface BindingRow {
  readonly id: string;
  readonly role: Role;
  readonly scope_kind: Scope['kind'];
  readonly scope_id: string | null;
  readonly principal_kind: 'user' | 'group';
  readonly principal_id: string;
  readonly principal_name: string;
}

const view = (row: BindingRow) => ({
  id: row.id,
  principal: { kind: row.principal_kind, id: row.principal_id, name: row.principal_name },
  role: row.role,
  scope: { kind: row.scope_kind, id: row.scope_id },
});

const selectBindings = (queries: Queries) =>
  queries
    .selectFrom('people_role_binding as binding')
    .leftJoin('people_user as person', 'person.id', 'binding.user_id')
    .leftJoin('people_group as one', 'one.id', 'binding.group_id')
    .select([
      'binding.id',
      'binding.role',
      'binding.scope_kind',
      'binding.scope_id',
      'binding.principal_kind',
      'binding.principal_id',
      sql<string>`coalesce(person.name, one.name, '')`.as('principal_name'),
    ]);

const badScope = (message: string) =>
  new AtelierError('request.invalid', `body.scope: ${message}`, {
    extra: { fields: [{ field: 'body.scope', message }] },
  });

/** The scope with the object's id; the caller may have named the object. @throws AtelierError `request.invalid` */
async function resolveScope(queries: Queries, { kind, id }: Scope): Promise<Scope> {
  if (kind === 'all') return { kind, id: null };
  if (id === null) throw badScope('needs the id of the object');
  if (!isScopedKind(kind)) throw badScope(`there is no ${kind} yet`);
  const found = await findScoped(queries, kind, id);
  if (!found) throw badScope(`there is no ${kind} ${id}`);
  return found;
}

/** Who has which role where. */
export function roleBindingHandlers({ database, db, audit }: Services): BindingHandlers {
  return {
    async listRoleBindings({ query }) {
      const after = readCursor(query.cursor, z.string().max(40));
      const rows = await selectBindings(db)
        .$if(after !== undefined, (select) => select.where('binding.id', '>', after!))
        .orderBy('binding.id')
        .limit(query.limit + 1)
        .execute();
      return pageOf(rows, query.limit, (row) => row.id, view);
    },

    async createRoleBinding({ body: { principal, role, scope: asked } }, context) {
      return database.withTransaction(async (trx) => {
        const name = await principalName(trx, principal.kind, principal.id);
        const scope = await resolveScope(trx, asked);
        const made = await trx
          .insertInto('people_role_binding')
          .values({
            id: newId(),
            [principal.kind === 'user' ? 'user_id' : 'group_id']: principal.id,
            role,
            scope_kind: scope.kind,
            scope_id: scope.id,
          })
          .onConflict((conflict) => conflict.doNothing())
          .returning('id')
          .executeTakeFirst();
        const row = await selectBindings(trx)
          .where('binding.principal_id', '=', principal.id)
          .where('binding.role', '=', role)
          .where('binding.scope_kind', '=', scope.kind)
          .where(sql<boolean>`binding.scope_id is not distinct from ${scope.id}`)
          .executeTakeFirstOrThrow();
        if (made)
          await audit.append(trx, context, {
            verb: 'role.give',
            object: { kind: principal.kind, id: principal.id, name },
            before: null,
            after: { role, scope },
          });
        return view(row);
      });
    },

    async deleteRoleBinding({ params }, context) {
      await database.withTransaction(async (trx) => {
        await lockOwners(trx);
        const row = await selectBindings(trx).where('binding.id', '=', params.id).executeTakeFirst();
        if (!row) throw new AtelierError('people.binding-not-found', `there is no role binding ${params.id}`);
        await trx.deleteFrom('people_role_binding').where('id', '=', row.id).execute();
        if (row.role === 'owner') await requireOwner(trx);
        await audit.append(trx, context, {
          verb: 'role.take',
          object: { kind: row.principal_kind, id: row.principal_id, name: row.principal_name },
          before: { role: row.role, scope: { kind: row.scope_kind, id: row.scope_id } },
          after: null,
        });
      });
    },
  };
}
