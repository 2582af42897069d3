import { type DatabaseHandle, newId } from '@atelier/adapters/postgres';
import { type Properties, propertiesSchema, type Target, targetStates } from '@atelier/domain/broker';
import { type NewTarget, type ResourceStore, StoreError } from '@atelier/plugin-kit/broker';
import { sql } from 'kysely';
import { targetOf } from '../rows.ts';
import { lockCollection, softTransaction } from '../soft-write.ts';
import { globalStore, selectTargets } from './global-store.ts';
import { storeFailure } from './store-failure.ts';
import { type LeaseMaker, targetLocks } from './target-locks.ts';
import { targetSessions } from './target-sessions.ts';

const lower = (text: string): string => text.toLowerCase();

function needProperties(properties: Properties): Properties {
  const { success, error } = propertiesSchema.safeParse(properties);
  if (!success) throw new StoreError('bad-value', `the properties cannot be stored: ${error.issues[0]?.message}`);
  return properties;
}

/** What a plug-in may change of a target, by column; only what was given. */
const columnsOf = (said: Partial<NewTarget> & Partial<Target>) => ({
  ...(said.kind === undefined ? {} : { kind: said.kind }),
  ...(said.environment === undefined ? {} : { environment: said.environment }),
  ...(said.fqdn === undefined ? {} : { fqdn: said.fqdn }),
  ...(said.netbios === undefined ? {} : { netbios: said.netbios }),
  ...(said.endpoints === undefined ? {} : { endpoints: JSON.stringify(said.endpoints) }),
  ...(said.state === undefined ? {} : { state: said.state }),
  ...(said.drain === undefined ? {} : { drain: said.drain }),
  ...(said.weight === undefined ? {} : { weight: said.weight }),
  ...(said.maxSessions === undefined ? {} : { max_sessions: said.maxSessions }),
  ...(said.singleSession === undefined ? {} : { single_session: said.singleSession }),
  ...(said.owner === undefined ? {} : { owner_id: said.owner }),
  ...(said.properties === undefined ? {} : { properties: JSON.stringify(needProperties(said.properties)) }),
});

/** What a plug-in keeps in the directory under its provider's name; other providers' targets it can only read. */
export function resourceStore(database: DatabaseHandle, provider: string, lease: LeaseMaker): ResourceStore {
  const { db } = database;
  const read = globalStore(database);
  const known = async (name: string) => {
    const row = await selectTargets(db)
      .where(sql<boolean>`lower(target.name) = ${lower(name)}`)
      .executeTakeFirst();
    if (!row) throw new StoreError('not-found', `there is no target ${name}`);
    return row;
  };
  const own = async (name: string) => {
    const row = await known(name);
    if (row.provider !== provider) throw new StoreError('not-owner', `${row.name} is kept by ${row.provider}`);
    return row;
  };
  const stored = async (id: string) => {
    const row = await selectTargets(db).where('target.id', '=', id).executeTakeFirst();
    if (!row) throw new StoreError('not-found', 'the target was removed meanwhile');
    return targetOf(row, row.collection_name);
  };
  const write = async (name: string, said: Partial<Target>, version: number | undefined): Promise<Target> => {
    const { id } = await own(name);
    const written = await db
      .updateTable('broker_target')
      .set(columnsOf(said))
      .where('id', '=', id)
      .$if(version !== undefined, (update) => update.where('rev', '=', version!))
      .returning('id')
      .executeTakeFirst()
      .catch((error) => storeFailure(error, `the target ${name}`));
    if (!written) throw new StoreError('sync-conflict', `${name} was changed meanwhile`);
    return stored(id);
  };
  const swap = async (name: string, next: Target['state'], test: Target['state'] | null) => {
    if (!targetStates.includes(next)) throw new StoreError('bad-value', `${String(next)} is no state`);
    const { id } = await own(name);
    const { rows } = await sql<{ state: Target['state'] }>`
      with before as (select id, state from broker_target where id = ${id} for update),
           written as (
             update broker_target set state = ${next}, state_detail = '', failing_since = null from before
              where broker_target.id = before.id and (${test}::text is null or before.state = ${test}))
      select state from before`.execute(db);
    if (!rows[0]) throw new StoreError('not-found', `there is no target ${name}`);
    return rows[0].state;
  };

  return {
    ...read,
    ...targetLocks(lease, known),
    ...targetSessions(database, own),

    async addTarget(target) {
      const collection = await db
        .selectFrom('broker_collection')
        .select('id')
        .where(sql<boolean>`lower(name) = ${lower(target.collection)}`)
        .executeTakeFirst();
      if (!collection) throw new StoreError('not-found', `there is no collection ${target.collection}`);
      const id = newId();
      await db
        .insertInto('broker_target')
        .values({
          kind: 'virtual-machine',
          ...columnsOf(target),
          id,
          name: target.name,
          collection_id: collection.id,
          provider,
        })
        .execute()
        .catch((error) => storeFailure(error, `a target ${target.name}`));
      return stored(id);
    },

    // A version does not tell of states, which brokers learn meanwhile: what was read of it may be an old one.
    saveTarget: ({ state: _, ...target }, options) =>
      write(target.name, target, options?.force ? undefined : target.version),

    async deleteTarget(name) {
      const { id, collection_id } = await own(name);
      await softTransaction(database, async (trx) => {
        await lockCollection(trx, collection_id);
        await trx.deleteFrom('broker_target').where('id', '=', id).execute();
      });
    },

    async setTargetProperty(name, property, value, version) {
      // The row's own version, so that two who set different properties both succeed.
      for (let attempt = 1; ; attempt++) {
        const row = await own(name);
        if (version !== undefined && Number(row.rev) !== version)
          throw new StoreError('sync-conflict', `${name} was changed meanwhile`);
        const { [property]: _before, ...others } = row.properties;
        const properties = value === null ? others : { ...others, [property]: value };
        try {
          return await write(name, { properties }, Number(row.rev));
        } catch (error) {
          const again = error instanceof StoreError && error.code === 'sync-conflict' && version === undefined;
          if (!again || attempt === 100) throw error;
        }
      }
    },

    setTargetState: (name, state) => swap(name, state, null),
    testAndSetServerState: (name, next, test) => swap(name, next, test),

    async setServerDrainMode(name, drain) {
      await write(name, { drain }, undefined);
    },

    async addEnvironment(environment) {
      await db
        .insertInto('broker_environment')
        .values({
          name: environment.name,
          provider,
          server_weight: environment.serverWeight,
          properties: JSON.stringify(needProperties(environment.properties)),
        })
        .execute()
        .catch((error) => storeFailure(error, `an environment ${environment.name}`));
    },

    async saveEnvironment(environment) {
      const written = await db
        .updateTable('broker_environment')
        .set({
          server_weight: environment.serverWeight,
          properties: JSON.stringify(needProperties(environment.properties)),
        })
        .where('name', '=', environment.name)
        .where('provider', '=', provider)
        .returning('name')
        .executeTakeFirst()
        .catch((error) => storeFailure(error, `the environment ${environment.name}`));
      if (!written) await refuseEnvironment(environment.name);
    },

    async removeEnvironment(name) {
      const gone = await db
        .deleteFrom('broker_environment')
        .where('name', '=', name)
        .where('provider', '=', provider)
        .returning('name')
        .executeTakeFirst();
      if (!gone) await refuseEnvironment(name);
    },
  };

  async function refuseEnvironment(name: string): Promise<never> {
    const kept = await db
      .selectFrom('broker_environment')
      .select('provider')
      .where('name', '=', name)
      .executeTakeFirst();
    if (!kept) throw new StoreError('not-found', `there is no environment ${name}`);
    throw new StoreError('not-owner', `${name} is kept by ${kept.provider}`);
  }
}
