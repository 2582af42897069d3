import { sql } from 'kysely';
import { brokerAddress } from '../../broker/settings-handlers.ts';
import type { Queries } from '../../services.ts';
import { certifiedNames } from './certified-names.ts';

/** The setting under which each set of names is kept that brokers show certificates for. */
const brokerNamesKey = 'broker.names.';

async function brokerNames(queries: Queries): Promise<readonly string[]> {
  const rows = await queries
    .selectFrom('setting')
    .select('value')
    .where('key', 'like', `${brokerNamesKey}%`)
    // Brokers say it once an hour.
    .where(sql<boolean>`(value ->> 'at')::timestamptz > now() - interval '7 days'`)
    .orderBy('key')
    .limit(50)
    .execute();
  return rows.flatMap(({ value }) => {
    const { names } = value as { readonly names?: unknown };
    return Array.isArray(names) ? names.filter((one) => typeof one === 'string') : [];
  });
}

/**
 * The names that a host's RDP server must be known by: as its targets are dialled, and as clients dial the brokers, whose name they compare when a broker
 * carries the connection. Null when the host is no target: then nobody said that it serves desktops.
 */
export async function namesOfHost(queries: Queries, hostId: string): Promise<readonly string[] | null> {
  const targets = await queries
    .selectFrom('broker_target')
    .innerJoin('host', 'host.id', 'broker_target.host_id')
    .select(['broker_target.fqdn', 'broker_target.endpoints', 'host.address'])
    .where('host.id', '=', hostId)
    .orderBy('broker_target.id')
    .limit(50)
    .execute();
  if (targets.length === 0) return null;
  const own = targets.flatMap(({ fqdn, endpoints, address }) => [
    fqdn,
    ...endpoints.map((one) => one.address),
    new URL(address).hostname,
  ]);
  return certifiedNames(own, [await brokerAddress(queries), ...(await brokerNames(queries))]);
}
