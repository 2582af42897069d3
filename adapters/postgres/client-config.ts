import { readFile } from 'node:fs/promises';
import { type ClientConfig, types } from 'pg';
import type { PostgresConnection } from './connection.ts';

function exactNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new RangeError(`the database gave ${text}, which is too large for an exact number`);
  return value;
}

/**
 * How values arrive: `bigint` and `count()` as exact numbers, `numeric` (sums of bigint) as numbers, `date` as
 * `YYYY-MM-DD`, which the driver would otherwise shift by the local time zone.
 */
const parsers = new Map<number, (text: string) => unknown>([
  [types.builtins.INT8, exactNumber],
  [types.builtins.NUMERIC, Number],
  [types.builtins.DATE, (text) => text],
]);

async function tls(connection: PostgresConnection): Promise<ClientConfig['ssl']> {
  const { sslMode, sslRootCert } = connection;
  if (sslMode === 'disable') return false;
  if (sslMode === 'require') return { rejectUnauthorized: false };
  const ca = sslRootCert === undefined ? undefined : await readFile(sslRootCert, 'utf8');
  return { rejectUnauthorized: true, ca, ...(sslMode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}) };
}

/** Settings of the driver for one connection. */
export async function clientConfig(connection: PostgresConnection): Promise<ClientConfig> {
  return {
    host: connection.host,
    port: connection.port,
    user: connection.user,
    password: connection.password,
    database: connection.database,
    ssl: await tls(connection),
    application_name: 'atelier',
    connectionTimeoutMillis: 15_000,
    keepAlive: true,
    idle_in_transaction_session_timeout: 300_000,
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        parsers.get(oid) ?? types.getTypeParser(oid, format as 'text')) as typeof types.getTypeParser,
    },
  };
}
