import type { EnvironmentView, targetEndpoints } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Handlers } from '../http/handlers.ts';
import { pageOf, readCursor } from '../http/page.ts';
import { requireRevision } from '../http/revision.ts';
import type { Queries, Services } from '../services.ts';
import { notFound } from './not-found.ts';

type EnvironmentHandlers = Pick<
  Handlers<typeof targetEndpoints>,
  'listEnvironments' | 'putEnvironment' | 'removeEnvironment'
>;

const select = (queries: Queries) =>
  queries
    .selectFrom('broker_environment as environment')
    .selectAll('environment')
    .select(
      sql<number>`(select count(*)::int from broker_target where environment <> '' and environment = environment.name)`.as(
        'targets',
      ),
    );
type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>;

const view = (row: Row): EnvironmentView => ({
  name: row.name,
  driver: row.driver,
  serverWeight: row.server_weight,
  settings: { ...row.settings },
  properties: { ...row.properties },
  targets: row.targets,
  rev: row.rev,
});

/** Machines that run virtual machines. */
export function environmentHandlers({ db, database, audit }: Services): EnvironmentHandlers {
  return {
    async listEnvironments({ query }) {
      const after = readCursor(query.cursor, z.string().max(200));
      const rows = await select(db)
        .$if(after !== undefined, (from) => from.where('environment.name', '>', after!))
        .orderBy('environment.name')
        .limit(query.limit + 1)
        .execute();
      return pageOf(rows, query.limit, (row) => row.name, view);
    },

    async putEnvironment({ params: { name }, body }, context) {
      return database.withTransaction(async (trx) => {
        const before = await select(trx).where('environment.name', '=', name).forUpdate().executeTakeFirst();
        if (before) requireRevision(context.ifMatch, before.rev);
        const values = {
          driver: body.driver,
          server_weight: body.serverWeight,
          settings: JSON.stringify(body.settings),
          properties: JSON.stringify(body.properties),
        };
        await trx
          .insertInto('broker_environment')
          .values({ name, ...values })
          .onConflict((conflict) => conflict.column('name').doUpdateSet(values))
          .execute();
        const after = await select(trx).where('environment.name', '=', name).executeTakeFirstOrThrow();
        await audit.append(trx, context, {
          verb: 'environment.put',
          object: { kind: 'environment', id: name, name },
          before: before ? { ...view(before) } : null,
          after: { ...view(after) },
        });
        return view(after);
      });
    },

    async removeEnvironment({ params: { name } }, context) {
      await database.withTransaction(async (trx) => {
        const before = await select(trx).where('environment.name', '=', name).executeTakeFirst();
        if (!before) throw notFound('environment', name);
        requireRevision(context.ifMatch, before.rev);
        if (before.targets > 0) throw new AtelierError('broker.in-use', `${before.targets} targets are on ${name}`);
        await trx.deleteFrom('broker_environment').where('name', '=', name).execute();
        await audit.append(trx, context, {
          verb: 'environment.remove',
          object: { kind: 'environment', id: name, name },
          before: { ...view(before) },
          after: null,
        });
      });
    },
  };
}
