import type { endpointEndpoints } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import { sql } from 'kysely';
import { z } from 'zod';
import type { CommandDesk } from '../device/command-desk.ts';
import type { Handlers } from '../http/handlers.ts';
import { pageOf, readCursor } from '../http/page.ts';
import { requireRevision } from '../http/revision.ts';
import type { Services } from '../services.ts';
import { endpointQuery, endpointView, readEndpointRow } from './endpoint-view.ts';
import { createEnrollmentToken } from './enrollment-token.ts';
import { instanceQuery, instanceView, readInstanceRow } from './instance-view.ts';

/** Endpoints and what runs on them, for those who keep them in order. */
export function endpointHandlers(services: Services, desk: CommandDesk): Handlers<typeof endpointEndpoints> {
  const { db, audit } = services;
  const change = services.database.withTransaction;
  const lock = async (queries: Parameters<typeof readEndpointRow>[0], id: string) => {
    await queries.selectFrom('endpoint').select('id').where('id', '=', id).forUpdate().execute();
    return await readEndpointRow(queries, id);
  };
  const objectOf = (row: { id: string; name: string }) => ({ kind: 'endpoint', id: row.id, name: row.name });

  return {
    list: async ({ query }) => {
      const after = readCursor(query.cursor, z.object({ name: z.string(), id: z.string() }));
      let rows = endpointQuery(db)
        .orderBy(({ fn }) => fn('lower', ['endpoint.name']))
        .orderBy('endpoint.id');
      if (after) rows = rows.where(sql<boolean>`(lower(endpoint.name), endpoint.id) > (${after.name}, ${after.id})`);
      if (query.search) rows = rows.where('endpoint.name', 'ilike', `%${query.search.replace(/[\\%_]/g, '\\$&')}%`);
      const found = await rows.limit(query.limit + 1).execute();
      return pageOf(found, query.limit, ({ name, id }) => ({ name: name.toLowerCase(), id }), endpointView);
    },

    get: async ({ params }) => endpointView(await readEndpointRow(db, params.id)),

    rename: async ({ params, body }, context) =>
      await change(async (trx) => {
        const row = await lock(trx, params.id);
        requireRevision(context.ifMatch, row.rev);
        await trx.updateTable('endpoint').set({ name: body.name }).where('id', '=', row.id).execute();
        const change = { verb: 'endpoint.rename', object: objectOf({ ...row, name: body.name }) };
        await audit.append(trx, context, { ...change, before: { name: row.name }, after: { name: body.name } });
        return endpointView(await readEndpointRow(trx, row.id));
      }),

    revoke: async ({ params }, context) =>
      await change(async (trx) => {
        const row = await lock(trx, params.id);
        requireRevision(context.ifMatch, row.rev);
        if (row.state === 'revoked' || row.state === 'wiped') return endpointView(row);
        const revoked = { state: 'revoked', revoked_at: new Date(), connected_to: null } as const;
        await trx.updateTable('endpoint').set(revoked).where('id', '=', row.id).execute();
        const before = { state: row.state };
        const after = { state: 'revoked' };
        await audit.append(trx, context, { verb: 'endpoint.revoke', object: objectOf(row), before, after });
        return endpointView(await readEndpointRow(trx, row.id));
      }),

    remove: async ({ params }, context) => {
      await change(async (trx) => {
        const row = await lock(trx, params.id);
        requireRevision(context.ifMatch, row.rev);
        if (row.state !== 'revoked' && row.state !== 'wiped')
          throw new AtelierError('request.invalid', `${row.name} is ${row.state}: revoke it before you remove it`);
        await trx.deleteFrom('endpoint').where('id', '=', row.id).execute();
        const before = { name: row.name, state: row.state };
        await audit.append(trx, context, { verb: 'endpoint.remove', object: objectOf(row), before, after: null });
      });
    },

    createToken: async ({ body }, context) => {
      const asked = { minutes: body.expiresInMinutes, uses: body.uses };
      const { token, expiresAt } = await createEnrollmentToken(services, context, asked);
      const command = `atelier client enroll ${services.publicUrl()} --token ${token}`;
      return { token, expiresAt: expiresAt.toISOString(), command };
    },

    listInstances: async ({ query }) => {
      const after = readCursor(query.cursor, z.string());
      let rows = instanceQuery(db).orderBy('instance.id');
      if (after !== undefined) rows = rows.where('instance.id', '>', after);
      if (query.endpoint) rows = rows.where('instance.endpoint_id', '=', query.endpoint);
      if (query.workspace) rows = rows.where('instance.workspace_id', '=', query.workspace);
      return pageOf(await rows.limit(query.limit + 1).execute(), query.limit, (row) => row.id, instanceView);
    },

    command: async ({ params, body }, context) => {
      const row = await readInstanceRow(db, params.id);
      const target = { endpointId: row.endpoint_id, workspaceId: row.workspace_id };
      await desk.act({ ...target, user: { id: row.user_id, name: row.user_name } }, body, context);
      await change(async (trx) => {
        await audit.append(trx, context, {
          verb: `instance.${body.action}`,
          object: {
            kind: 'instance',
            id: row.id,
            name: `${row.workspace_name} of ${row.user_name} on ${row.endpoint_name}`,
          },
          before: { state: row.state },
          after: { state: row.state, asked: body.action, ...(body.version ? { version: body.version } : {}) },
        });
      });
    },
  };
}
