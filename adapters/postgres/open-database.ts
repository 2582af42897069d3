import { AtelierError } from '@atelier/domain/errors';
import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import { backupBeforeMigration } from './backup-before-migration.ts';
import { ChangeFeed } from './change-feed.ts';
import { clientConfig } from './client-config.ts';
import { type PostgresConnection, parseDatabaseUrl } from './connection.ts';
import type { DatabaseHandle } from './database-handle.ts';
import { KeepingClient } from './kept-statement.ts';
import { type DatabaseLog, noLog } from './log.ts';
import { migrate } from './migrate.ts';
import { type PrivatePostgres, startPrivatePostgres } from './private-postgres.ts';
import { retryTransaction } from './retry-transaction.ts';
import type { Database } from './tables/database.ts';

export interface OpenDatabaseOptions {
  readonly log?: DatabaseLog;
  /** Aborting stops an opening in progress; the handle is ended by `close`. */
  readonly signal?: AbortSignal;
  /** Folder that gets a dump before a database that holds something is migrated. */
  readonly backupFolder?: string;
  /** Default true. */
  readonly migrate?: boolean;
  /** Connections at most; default 10. */
  readonly maxConnections?: number;
  /** False for tests only: the private database then survives no crash of the machine. Default true. */
  readonly durable?: boolean;
}

/**
 * Takes the lost connections of a pool for what they are. The pool itself listens to idle ones only: without a listener of
 * its own, one that is lost between two statements of a transaction would end the process.
 */
function tolerant(pool: Pool, log: DatabaseLog): Pool {
  pool.on('connect', (client) => {
    client.on('error', (error) => log.warn({ error: error.message }, 'a database connection was lost'));
  });
  pool.on('error', () => {});
  return pool;
}

async function connect(
  connection: PostgresConnection,
  server: PrivatePostgres | undefined,
  options: OpenDatabaseOptions,
): Promise<DatabaseHandle> {
  const { log = noLog, backupFolder } = options;
  if (options.migrate !== false) {
    await migrate({
      connection,
      log,
      signal: options.signal ?? new AbortController().signal,
      ...(backupFolder === undefined
        ? {}
        : {
            beforeChange: (from) => backupBeforeMigration(connection, server?.programFolder, backupFolder, from, log),
          }),
    });
  }
  const config = await clientConfig(connection);
  const idle = { idleTimeoutMillis: 30_000 };
  const pool = tolerant(
    new Pool({
      ...config,
      ...idle,
      Client: KeepingClient,
      max: options.maxConnections ?? 10,
      statement_timeout: 120_000,
    }),
    log,
  );
  const probe = tolerant(
    new Pool({ ...config, ...idle, max: 1, connectionTimeoutMillis: 2000, query_timeout: 2000 }),
    noLog,
  );
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  const feed = new ChangeFeed(connection, log);
  let closing: Promise<void> | undefined;
  const close = async () => {
    await feed.close();
    await Promise.all([db.destroy(), probe.end()]);
    await server?.stop();
  };
  return {
    db,
    connection,
    pid: () => server?.pid(),
    programFolder: server?.programFolder,
    withTransaction: (work, isolation) => retryTransaction(db, work, isolation),
    isReady: () =>
      probe.query('select 1').then(
        () => true,
        () => false,
      ),
    listenChanges: (signal) => feed.listen(signal),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/**
 * Opens the database and migrates it: the one that a URL names (`ATELIER_DATABASE_URL`), or the private PostgreSQL of a
 * state folder, which it starts and supervises.
 *
 * @throws AtelierError `database.*`, `server.unsupported-database`
 */
export async function openDatabase(
  where: { readonly url: string } | { readonly private: string },
  options: OpenDatabaseOptions = {},
): Promise<DatabaseHandle> {
  const { log = noLog, signal, durable } = options;
  if ('url' in where) {
    const connection = parseDatabaseUrl(where.url);
    return connect(connection, undefined, options).catch((error: unknown) => {
      if (error instanceof AtelierError) throw error;
      throw new AtelierError('database.unreachable', `${connection.host}: ${(error as Error).message}`, {
        cause: error,
      });
    });
  }
  const server = await startPrivatePostgres({
    stateDir: where.private,
    log,
    ...(signal ? { signal } : {}),
    ...(durable === undefined ? {} : { durable }),
  });
  try {
    return await connect(server.connection, server, options);
  } catch (error) {
    await server.stop();
    throw error;
  }
}
