import type { transferEndpoints } from '@atelier/api';
import { readEndpointRow } from '../endpoints/endpoint-view.ts';
import type { Handlers } from '../http/handlers.ts';
import { requireRevision } from '../http/revision.ts';
import type { Services } from '../services.ts';
import { policySetting, readEndpointPolicy, readTransferPolicy } from './stored-policy.ts';

/** The transfer policy of all endpoints, and what single ones do otherwise. */
export function policyHandlers({ database, db, audit }: Services): Handlers<typeof transferEndpoints> {
  return {
    getPolicy: async () => await readTransferPolicy(db),

    setPolicy: async ({ body }, context) =>
      await database.withTransaction(async (trx) => {
        await trx.selectFrom('setting').select('key').where('key', '=', policySetting).forUpdate().execute();
        const before = await readTransferPolicy(trx);
        requireRevision(context.ifMatch, before.rev);
        const value = JSON.stringify(body);
        await trx
          .insertInto('setting')
          .values({ key: policySetting, value })
          .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
          .execute();
        const object = { kind: 'transfer-policy', id: policySetting, name: 'all endpoints' };
        await audit.append(trx, context, {
          verb: 'transfer-policy.set',
          object,
          before: before.policy,
          after: body,
        });
        return await readTransferPolicy(trx);
      }),

    getOverride: async ({ params }) => {
      const { id } = await readEndpointRow(db, params.id);
      return await readEndpointPolicy(db, id);
    },

    setOverride: async ({ params, body }, context) =>
      await database.withTransaction(async (trx) => {
        await trx.selectFrom('endpoint').select('id').where('id', '=', params.id).forUpdate().execute();
        const { id, name } = await readEndpointRow(trx, params.id);
        const before = await readEndpointPolicy(trx, id);
        requireRevision(context.ifMatch, before.rev);
        if (Object.keys(body).length === 0)
          await trx.deleteFrom('transfer_override').where('endpoint_id', '=', id).execute();
        else {
          const document = JSON.stringify(body);
          await trx
            .insertInto('transfer_override')
            .values({ endpoint_id: id, document })
            .onConflict((conflict) => conflict.column('endpoint_id').doUpdateSet({ document }))
            .execute();
        }
        const object = { kind: 'endpoint', id, name };
        await audit.append(trx, context, {
          verb: 'endpoint.transfer-policy',
          object,
          before: before.override,
          after: body,
        });
        return await readEndpointPolicy(trx, id);
      }),
  };
}
