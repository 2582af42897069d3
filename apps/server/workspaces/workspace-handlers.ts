import type { workspaceEndpoints } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import type { Signer } from '@atelier/trim';
import { z } from 'zod';
import type { Handlers } from '../http/handlers.ts';
import { pageOf, readCursor } from '../http/page.ts';
import { requireRevision } from '../http/revision.ts';
import type { Services } from '../services.ts';
import { makeWorkspace, nameTaken } from './make-workspace.ts';
import { sourceColumns } from './workspace-source.ts';
import { lockWorkspace, readWorkspaceRow, type WorkspaceRow, workspaceQuery, workspaceView } from './workspace-view.ts';

type WorkspaceHandlers = Pick<
  Handlers<typeof workspaceEndpoints>,
  'list' | 'create' | 'get' | 'update' | 'remove' | 'clone'
>;

const fieldsOf = (row: WorkspaceRow) => ({
  name: row.name,
  description: row.description,
  supportContact: row.support_contact,
  type: row.type,
  image: row.image_name,
  channel: row.channel,
  pinnedVersion: row.pinned_number,
  enabled: row.enabled,
});

/** Workspaces themselves: image and policy under a name. */
export function workspaceHandlers(services: Services, signer: Signer): WorkspaceHandlers {
  const { db, audit } = services;
  const change = services.database.withTransaction;
  const view = async (queries: Parameters<typeof readWorkspaceRow>[0], id: string) =>
    workspaceView(await readWorkspaceRow(queries, id));

  return {
    list: async ({ query }) => {
      const after = readCursor(query.cursor, z.string());
      let rows = workspaceQuery(db).orderBy(({ fn }) => fn('lower', ['workspace.name']));
      if (after !== undefined) rows = rows.where(({ eb, fn }) => eb(fn('lower', ['workspace.name']), '>', after));
      if (query.search) {
        const like = `%${query.search.replace(/[\\%_]/g, '\\$&')}%`;
        rows = rows.where(({ eb, or }) =>
          or([eb('workspace.name', 'ilike', like), eb('workspace.description', 'ilike', like)]),
        );
      }
      const found = await rows.limit(query.limit + 1).execute();
      return pageOf(found, query.limit, (row) => row.name.toLowerCase(), workspaceView);
    },

    create: async ({ body }, context) =>
      await change(async (trx) => await view(trx, await makeWorkspace(services, trx, signer, context, body))),

    get: async ({ params }) => await view(db, params.id),

    update: async ({ params, body }, context) =>
      await change(async (trx) => {
        const row = await lockWorkspace(trx, params.id);
        requireRevision(context.ifMatch, row.rev);
        const before = fieldsOf(row);
        // Whoever sets a channel unpins, and the other way round.
        const source = {
          ...(body.channel != null ? { pinnedVersion: null } : {}),
          ...(body.pinnedVersion != null ? { channel: null } : {}),
        };
        const after = { ...before, ...source, ...body };
        if (after.type !== before.type && Number(row.instance_count) > 0)
          throw new AtelierError(
            'workspace.wrong-state',
            `${row.name} runs on computers already: its type stays ${row.type}`,
          );
        const sameSource =
          after.image === before.image &&
          after.channel === before.channel &&
          after.pinnedVersion === before.pinnedVersion;
        const columns = {
          name: after.name,
          description: after.description,
          support_contact: after.supportContact,
          type: after.type,
          enabled: after.enabled,
          ...(sameSource ? {} : await sourceColumns(trx, after)),
        };
        await trx.updateTable('workspace').set(columns).where('id', '=', row.id).execute().catch(nameTaken(after.name));
        const object = { kind: 'workspace', id: row.id, name: after.name };
        await audit.append(trx, context, { verb: 'workspace.update', object, before, after });
        return await view(trx, row.id);
      }),

    remove: async ({ params }, context) => {
      await change(async (trx) => {
        const row = await lockWorkspace(trx, params.id);
        requireRevision(context.ifMatch, row.rev);
        await trx.deleteFrom('workspace').where('id', '=', row.id).execute();
        await audit.append(trx, context, {
          verb: 'workspace.remove',
          object: { kind: 'workspace', id: row.id, name: row.name },
          before: { ...fieldsOf(row), assignments: Number(row.assignment_count) },
          after: null,
        });
      });
    },

    clone: async ({ params, body }, context) =>
      await change(async (trx) => {
        const row = await lockWorkspace(trx, params.id);
        const policy = await trx
          .selectFrom('workspace_policy_revision')
          .select('document')
          .where('workspace_id', '=', row.id)
          .where('state', '=', 'active')
          .executeTakeFirstOrThrow();
        const copy = { ...fieldsOf(row), name: body.name, policy: policy.document };
        return await view(trx, await makeWorkspace(services, trx, signer, context, copy, `copied from ${row.name}`));
      }),
  };
}
