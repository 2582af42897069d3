import type { workspaceEndpoints } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import { policySchema } from '@atelier/domain/workspaces';
import type { Signer } from '@atelier/trim';
import { z } from 'zod';
import type { Handlers } from '../http/handlers.ts';
import { pageOf, readCursor } from '../http/page.ts';
import { requireRevision } from '../http/revision.ts';
import type { Services } from '../services.ts';
import { commitRevision, revisionView } from './policy-revisions.ts';
import { lockWorkspace, readWorkspaceRow } from './workspace-view.ts';

/** Policies: a change is a new revision, and so is going back. */
export function policyHandlers(
  services: Services,
  signer: Signer,
): Pick<Handlers<typeof workspaceEndpoints>, 'listRevisions' | 'commitPolicy' | 'rollbackPolicy'> {
  const { db } = services;
  const change = services.database.withTransaction;
  return {
    listRevisions: async ({ params, query }) => {
      const { id } = await readWorkspaceRow(db, params.id);
      const before = readCursor(query.cursor, z.number().int());
      let rows = db
        .selectFrom('workspace_policy_revision')
        .selectAll()
        .where('workspace_id', '=', id)
        .orderBy('number', 'desc');
      if (before !== undefined) rows = rows.where('number', '<', before);
      return pageOf(await rows.limit(query.limit + 1).execute(), query.limit, (row) => row.number, revisionView);
    },

    commitPolicy: async ({ params, body }, context) =>
      await change(async (trx) => {
        const workspace = await lockWorkspace(trx, params.id);
        requireRevision(context.ifMatch, workspace.rev);
        return await commitRevision(services, trx, signer, context, { workspace, ...body });
      }),

    rollbackPolicy: async ({ params }, context) =>
      await change(async (trx) => {
        const workspace = await lockWorkspace(trx, params.id);
        requireRevision(context.ifMatch, workspace.rev);
        const target = await trx
          .selectFrom('workspace_policy_revision')
          .select('document')
          .where('workspace_id', '=', workspace.id)
          .where('number', '=', params.number)
          .where('state', '<>', 'draft')
          .executeTakeFirst();
        if (!target)
          throw new AtelierError('request.not-found', `${workspace.name} has no policy revision ${params.number}`);
        return await commitRevision(services, trx, signer, context, {
          workspace,
          // Read through today's schema: fields that came later get their defaults.
          document: policySchema.parse(target.document),
          message: `back to revision ${params.number}`,
          revokes: true,
        });
      }),
  };
}
