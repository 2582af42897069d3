import { setTimeout as pause } from 'node:timers/promises';
import { environmentSecretFolder, environmentSecretName } from '@atelier/adapters/broker-machines';
import { loadSecretKey, newId, secretStore } from '@atelier/adapters/postgres';
import type { EnvironmentTest, EnvironmentView, targetEndpoints } from '@atelier/api';
import { environmentSecretSchema, environmentSecrets, isEnvironmentDriver } from '@atelier/domain/broker';
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
  | 'listEnvironments'
  | 'getEnvironment'
  | 'putEnvironment'
  | 'removeEnvironment'
  | 'putEnvironmentSecret'
  | 'removeEnvironmentSecret'
  | 'testEnvironment'
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

/** Which secrets are kept, by name of the environment. */
async function keptSecrets(queries: Queries, names: readonly string[]) {
  const rows = await queries.selectFrom('secret').select('key').where('key', 'like', 'environment/%').execute();
  const keys = new Set(rows.map(({ key }) => key));
  return new Map(
    names.map((name) => [
      name,
      environmentSecretSchema.options.filter((secret) => keys.has(environmentSecretName(name, secret))),
    ]),
  );
}

const view = (row: Row, secrets: EnvironmentView['secrets']): EnvironmentView => ({
  name: row.name,
  driver: row.driver,
  serverWeight: row.server_weight,
  settings: { ...row.settings },
  properties: { ...row.properties },
  secrets,
  targets: row.targets,
  rev: row.rev,
});

async function find(queries: Queries, name: string): Promise<EnvironmentView> {
  const row = await select(queries).where('environment.name', '=', name).executeTakeFirst();
  if (!row) throw notFound('environment', name);
  return view(row, (await keptSecrets(queries, [name])).get(name) ?? []);
}

/** How long brokers have to take a question up, and to answer it, in milliseconds. */
const takenWithinMs = 5000;
const doneWithinMs = 30_000;
const lookEveryMs = 200;

/** Machines that run virtual machines. */
export function environmentHandlers({ config, db, database, audit }: Services): EnvironmentHandlers {
  const object = (name: string) => ({ kind: 'environment', id: name, name });
  return {
    async listEnvironments({ query }) {
      const after = readCursor(query.cursor, z.string().max(200));
      const rows = await select(db)
        .$if(after !== undefined, (from) => from.where('environment.name', '>', after!))
        .orderBy('environment.name')
        .limit(query.limit + 1)
        .execute();
      const secrets = await keptSecrets(
        db,
        rows.map(({ name }) => name),
      );
      return pageOf(
        rows,
        query.limit,
        (row) => row.name,
        (row) => view(row, secrets.get(row.name) ?? []),
      );
    },

    getEnvironment: ({ params: { name } }) => find(db, name),

    async putEnvironment({ params: { name }, body }, context) {
      return database.withTransaction(async (trx) => {
        await trx.selectFrom('broker_environment').select('name').where('name', '=', name).forUpdate().execute();
        const before = await find(trx, name).catch(() => null);
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
        const after = await find(trx, name);
        await audit.append(trx, context, {
          verb: 'environment.put',
          object: object(name),
          before,
          after: { ...after },
        });
        return after;
      });
    },

    async removeEnvironment({ params: { name } }, context) {
      await database.withTransaction(async (trx) => {
        const before = await find(trx, name);
        requireRevision(context.ifMatch, before.rev);
        if (before.targets > 0) throw new AtelierError('broker.in-use', `${before.targets} targets are on ${name}`);
        await trx.deleteFrom('broker_environment').where('name', '=', name).execute();
        await trx
          .deleteFrom('secret')
          .where('key', 'like', `${environmentSecretFolder(name)}%`)
          .execute();
        await audit.append(trx, context, {
          verb: 'environment.remove',
          object: object(name),
          before: { ...before },
          after: null,
        });
      });
    },

    async putEnvironmentSecret({ params: { name, secret }, body }, context) {
      const key = await loadSecretKey(config.stateDir);
      return database.withTransaction(async (trx) => {
        const before = await find(trx, name);
        const known = isEnvironmentDriver(before.driver) ? environmentSecrets[before.driver] : [];
        if (!known.includes(secret))
          throw new AtelierError(
            'request.invalid',
            `the driver "${before.driver}" of ${name} uses ${known.length > 0 ? `the secret ${known.join(', ')} only` : 'no secrets'}`,
          );
        const value = Buffer.from(body.secret, 'utf8').toString('base64');
        await secretStore(trx, key).put(environmentSecretName(name, secret), value);
        await audit.append(trx, context, {
          verb: 'environment.put-secret',
          object: object(name),
          before: null,
          after: { secret },
        });
        return find(trx, name);
      });
    },

    async removeEnvironmentSecret({ params: { name, secret } }, context) {
      await database.withTransaction(async (trx) => {
        const before = await find(trx, name);
        if (!before.secrets.includes(secret)) throw notFound('secret', `${secret} of ${name}`);
        await trx.deleteFrom('secret').where('key', '=', environmentSecretName(name, secret)).execute();
        await audit.append(trx, context, {
          verb: 'environment.remove-secret',
          object: object(name),
          before: { secret },
          after: null,
        });
      });
    },

    async testEnvironment({ params: { name } }, context): Promise<EnvironmentTest> {
      const { driver } = await find(db, name);
      const not = (what: string, detail: string): EnvironmentTest => ({
        ok: false,
        broker: null,
        findings: [{ what, ok: false, detail }],
      });
      if (!isEnvironmentDriver(driver))
        return not('driver', `"${driver}" is a plug-in's: only it knows whether its machines can be switched`);
      const id = newId();
      await db
        .deleteFrom('broker_environment_test')
        .where('asked_at', '<', sql<Date>`now() - interval '1 hour'`)
        .execute();
      // Machines are dialled with what is kept for them: somebody did that.
      await database.withTransaction(async (trx) => {
        await trx.insertInto('broker_environment_test').values({ id, environment: name }).execute();
        await audit.append(trx, context, {
          verb: 'environment.test',
          object: object(name),
          before: null,
          after: { driver },
        });
      });
      const started = performance.now();
      for (;;) {
        await pause(lookEveryMs, undefined, { signal: context.signal });
        const row = await db.selectFrom('broker_environment_test').selectAll().where('id', '=', id).executeTakeFirst();
        if (!row) throw notFound('environment', name);
        if (row.done_at)
          return { ok: row.findings.every((one) => one.ok), broker: row.broker, findings: [...row.findings] };
        const waited = performance.now() - started;
        if (row.broker === null && waited > takenWithinMs)
          return not('broker', 'no broker that can switch its machines took the question up: is one running there?');
        if (waited > doneWithinMs) return { ...not('broker', 'gave no answer in time'), broker: row.broker };
      }
    },
  };
}
