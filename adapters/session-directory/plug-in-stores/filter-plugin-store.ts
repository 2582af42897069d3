import type { DatabaseHandle } from '@atelier/adapters/postgres';
import { type Properties, propertiesSchema } from '@atelier/domain/broker';
import { type FilterPluginStore, StoreError } from '@atelier/plugin-kit/broker';
import { sql } from 'kysely';

const mostProperties = 1000;
const mostBytes = 256 * 1024;

function needSmall(properties: Properties): void {
  const { success, error } = propertiesSchema.safeParse(properties);
  if (!success) throw new StoreError('bad-value', `the properties cannot be stored: ${error.issues[0]?.message}`);
  if (Object.keys(properties).length > mostProperties || JSON.stringify(properties).length > mostBytes)
    throw new StoreError('bad-value', `a plug-in keeps at most ${mostProperties} properties of 256 KiB together`);
}

/** Small values that a registered plug-in keeps for itself, the same in all brokers. */
export function filterPluginStore({ db, withTransaction }: DatabaseHandle, plugin: string): FilterPluginStore {
  return {
    async enumerateProperties() {
      const rows = await db
        .selectFrom('broker_plugin_property')
        .select(['name', 'value'])
        .where('plugin', '=', plugin)
        .orderBy('name')
        .execute();
      return Object.fromEntries(rows.map(({ name, value }) => [name, value])) as Properties;
    },

    async saveProperties(properties) {
      needSmall(properties);
      await withTransaction(async (trx) => {
        // One at a time: two that save at once must not leave a mixture.
        await trx.selectFrom('broker_plugin').select('name').where('name', '=', plugin).forUpdate().execute();
        await trx.deleteFrom('broker_plugin_property').where('plugin', '=', plugin).execute();
        const values = Object.entries(properties).map(([name, value]) => ({
          plugin,
          name,
          value: JSON.stringify(value),
        }));
        if (values.length > 0) await trx.insertInto('broker_plugin_property').values(values).execute();
      });
    },

    async deleteProperties(name) {
      await db
        .deleteFrom('broker_plugin_property')
        .where('plugin', '=', plugin)
        .where(name === undefined ? sql<boolean>`true` : sql<boolean>`name = ${name}`)
        .execute();
    },
  };
}
