import { keepsNtHashes, nlaSetting } from '@atelier/adapters/identity';
import type { BrokerSettings, brokerEndpoints } from '@atelier/api';
import type { Handlers } from '../http/handlers.ts';
import type { Queries, Services } from '../services.ts';

const addressSetting = 'broker.address';

/** What clients dial; empty until somebody said it. */
export async function brokerAddress(queries: Queries): Promise<string> {
  const row = await queries.selectFrom('setting').select('value').where('key', '=', addressSetting).executeTakeFirst();
  return typeof row?.value === 'string' ? row.value : '';
}

const read = async (queries: Queries): Promise<BrokerSettings> => ({
  address: await brokerAddress(queries),
  nla: await keepsNtHashes(queries),
});

const write = (queries: Queries, key: string, value: unknown) =>
  queries
    .insertInto('setting')
    .values({ key, value: JSON.stringify(value) })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: JSON.stringify(value) }))
    .execute();

/** What holds for all brokers. */
export function settingsHandlers({
  db,
  database,
  audit,
  people,
}: Services): Pick<Handlers<typeof brokerEndpoints>, 'getSettings' | 'changeSettings'> {
  return {
    getSettings: () => read(db),

    changeSettings: ({ body }, context) =>
      database.withTransaction(async (trx) => {
        const before = await read(trx);
        if (body.address !== undefined) await write(trx, addressSetting, body.address.trim());
        if (body.nla !== undefined) await write(trx, nlaSetting, body.nla);
        if (body.nla === false) await people.forgetNtHashes(trx);
        const after = await read(trx);
        await audit.append(trx, context, {
          verb: 'broker.settings',
          object: { kind: 'broker', id: 'settings', name: 'settings' },
          before,
          after,
        });
        return after;
      }),
  };
}
