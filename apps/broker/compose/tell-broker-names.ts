import { hash } from 'node:crypto';
import { sql } from 'kysely';
import type { BrokerServices } from './broker-services.ts';

/**
 * Tells the database by which names clients reach this broker: the certificates of session hosts hold them, since clients that a broker carries on compare
 * its name. Brokers with the same names say the same.
 */
export async function tellBrokerNames(
  { db }: Pick<BrokerServices['database'], 'db'>,
  names: readonly string[],
): Promise<void> {
  const key = `broker.names.${hash('sha256', names.toSorted().join(' ')).slice(0, 16)}`;
  const value = sql<string>`jsonb_build_object('names', ${JSON.stringify(names)}::jsonb, 'at', now())`;
  await db
    .insertInto('setting')
    .values({ key, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();
}
