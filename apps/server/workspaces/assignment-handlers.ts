import type { workspaceEndpoints } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import { z } from 'zod';
import type { Handlers, RequestContext } from '../http/handlers.ts';
import { pageOf, readCursor } from '../http/page.ts';
import { requireRevision } from '../http/revision.ts';
import type { Services } from '../services.ts';
import { assignmentOf, assignmentQuery, assignmentView, readAssignmentRow } from './assignment-view.ts';
import { effectiveGrantOf } from './effective-grant-of.ts';
import { limitColumns, makeAssignment } from './make-assignment.ts';
import { lockWorkspace, readWorkspaceRow } from './workspace-view.ts';

type AssignmentHandlers = Pick<
  Handlers<typeof workspaceEndpoints>,
  'effective' | 'listAssignments' | 'assign' | 'updateAssignment' | 'removeAssignment'
>;

/** Assignments: who has which workspace, within which limits. */
export function assignmentHandlers(services: Services): AssignmentHandlers {
  const { db, audit } = services;
  const change = services.database.withTransaction;

  const nameOf = (row: { workspace_name: string; principal_name: string }) =>
    `${row.workspace_name} → ${row.principal_name}`;
  const limitsOf = (row: Parameters<typeof assignmentOf>[0]) => {
    const { id: _, workspaceId: __, principal: ___, ...limits } = assignmentOf(row);
    return limits;
  };
  const lock = async (queries: Parameters<typeof readAssignmentRow>[0], id: string, context: RequestContext) => {
    await queries.selectFrom('assignment').select('id').where('id', '=', id).forUpdate().execute();
    const row = await readAssignmentRow(queries, id);
    context.require('assignment:write', { kind: 'workspace', id: row.workspace_id });
    requireRevision(context.ifMatch, row.rev);
    return row;
  };

  return {
    effective: async ({ params, query }) => {
      const workspace = await readWorkspaceRow(db, params.id);
      const user = await db
        .selectFrom('people_user')
        .select(['id', 'name'])
        .where(({ eb, or, fn }) =>
          or([eb('id', '=', query.user), eb(fn('lower', ['name']), '=', query.user.toLowerCase())]),
        )
        .executeTakeFirst();
      if (!user) throw new AtelierError('people.not-found', `there is no user ${query.user}`);
      const { grant, assignments } = await effectiveGrantOf(services, db, {
        userId: user.id,
        workspaceId: workspace.id,
      });
      const names = new Map(assignments.map((one) => [one.id, `${one.principal.kind} ${one.principal.name}`]));
      const why = (by: readonly string[]) => by.map((id) => ({ assignmentId: id, principal: names.get(id) ?? '' }));
      return {
        user,
        workspace: workspace.name,
        grant:
          grant &&
          Object.fromEntries(
            Object.entries(grant).map(([field, decided]) => [field, { value: decided.value, by: why(decided.by) }]),
          ),
      };
    },

    listAssignments: async ({ query }) => {
      const after = readCursor(query.cursor, z.string());
      let rows = assignmentQuery(db).orderBy('assignment.id');
      if (query.workspace !== undefined)
        rows = rows.where('assignment.workspace_id', '=', (await readWorkspaceRow(db, query.workspace)).id);
      if (after !== undefined) rows = rows.where('assignment.id', '>', after);
      return pageOf(await rows.limit(query.limit + 1).execute(), query.limit, (row) => row.id, assignmentView);
    },

    assign: async ({ params, body }, context) =>
      await change(async (trx) => {
        const workspace = await lockWorkspace(trx, params.id);
        return assignmentView(await makeAssignment(services, trx, context, workspace, body));
      }),

    updateAssignment: async ({ params, body }, context) =>
      await change(async (trx) => {
        const row = await lock(trx, params.id, context);
        const before = limitsOf(row);
        const after = { ...before, ...body };
        await trx.updateTable('assignment').set(limitColumns(after)).where('id', '=', row.id).execute();
        const object = { kind: 'assignment', id: row.id, name: nameOf(row) };
        await audit.append(trx, context, { verb: 'assignment.update', object, before, after });
        return assignmentView(await readAssignmentRow(trx, row.id));
      }),

    removeAssignment: async ({ params }, context) => {
      await change(async (trx) => {
        const row = await lock(trx, params.id, context);
        await trx.deleteFrom('assignment').where('id', '=', row.id).execute();
        const object = { kind: 'assignment', id: row.id, name: nameOf(row) };
        await audit.append(trx, context, { verb: 'assignment.remove', object, before: limitsOf(row), after: null });
      });
    },
  };
}
