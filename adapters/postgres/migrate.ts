import { setTimeout as delay } from 'node:timers/promises';
import { AtelierError } from '@atelier/domain/errors';
import { Client } from 'pg';
import { clientConfig } from './client-config.ts';
import type { PostgresConnection } from './connection.ts';
import type { DatabaseLog } from './log.ts';
import { type MigrationFile, readMigrationFiles } from './migration-file.ts';
import { type AppliedMigration, planMigrations } from './migration-plan.ts';

export interface MigrateOptions {
  readonly connection: PostgresConnection;
  readonly log: DatabaseLog;
  readonly signal: AbortSignal;
  /** Folder of the migrations; default: those of this software. */
  readonly folder?: string;
  /** Called before anything is changed in a database that holds something: the moment for a backup. */
  readonly beforeChange?: (from: number, to: number) => Promise<void>;
}

/** Any number will do, as long as every server of every version uses the same one. */
const advisoryLock = 7_240_118_301;

const createTable = `
create table if not exists schema_migration (
  number integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamptz(3) not null default now(),
  constraint schema_migration_pk primary key (number),
  constraint schema_migration_number_from_one check (number >= 1)
);
comment on table schema_migration is 'The migrations that were applied, with the checksums of their files.';`;

async function readApplied(client: Client): Promise<AppliedMigration[]> {
  const exists = await client.query<{ found: boolean }>(`select to_regclass('schema_migration') is not null as found`);
  if (!exists.rows[0]!.found) return [];
  return (await client.query<AppliedMigration>('select number, name, checksum from schema_migration order by number'))
    .rows;
}

async function apply(client: Client, file: MigrationFile): Promise<void> {
  await client.query('begin');
  try {
    await client.query(file.sql);
    await client.query('insert into schema_migration (number, name, checksum) values ($1, $2, $3)', [
      file.number,
      file.name,
      file.checksum,
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw new AtelierError(
      'database.migration-failed',
      `migration ${file.number} (${file.name}) failed: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
}

/** Waits for the lock in short questions rather than one long one, so that `signal` is obeyed. */
async function takeLock(client: Client, signal: AbortSignal): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [advisoryLock]);
    if (rows[0]!.taken) return;
    await delay(50, undefined, { signal });
  }
}

/**
 * Brings the database to this software's schema. Servers that start at once migrate once; each migration is one
 * transaction, so that one that was interrupted leaves nothing.
 *
 * @returns how many migrations were applied
 * @throws AtelierError `server.unsupported-database`, `database.migration-changed`, `database.migration-failed`
 */
export async function migrate(options: MigrateOptions): Promise<number> {
  const { log, signal } = options;
  const files = await readMigrationFiles(options.folder);
  const client = new Client(await clientConfig(options.connection));
  client.on('error', (error) => log.warn({ error: error.message }, 'the migrating connection was lost'));
  await client.connect();
  try {
    if (planMigrations(files, await readApplied(client)).length === 0) return 0;
    await takeLock(client, signal);
    const applied = await readApplied(client);
    const pending = planMigrations(files, applied);
    if (pending.length === 0) return 0;
    if (applied.length > 0) await options.beforeChange?.(applied.length, files.length);
    await client.query(createTable);
    for (const file of pending) {
      signal.throwIfAborted();
      await apply(client, file);
      log.debug({ number: file.number, name: file.name }, 'migration applied');
    }
    log.info({ from: applied.length, to: files.length }, 'the database was migrated');
    return pending.length;
  } finally {
    // Ends the session, and with it the lock.
    await client.end().catch(() => {});
  }
}
