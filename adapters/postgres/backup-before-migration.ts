import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AtelierError } from '@atelier/domain/errors';
import type { PostgresConnection } from './connection.ts';
import { dumpDatabase } from './dump.ts';
import type { DatabaseLog } from './log.ts';

/** Dumps the database into `folder` before migration number `from` + 1 changes it. */
export async function backupBeforeMigration(
  connection: PostgresConnection,
  programFolder: string | undefined,
  folder: string,
  from: number,
  log: DatabaseLog,
): Promise<void> {
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const target = join(folder, `before-migration-${from + 1}-${stamp}.dump`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await dumpDatabase(connection, programFolder, target);
  } catch (error) {
    throw new AtelierError('database.backup-failed', `no backup before the migration: ${(error as Error).message}`, {
      cause: error,
    });
  }
  log.info({ target }, 'the database was backed up before its migration');
}
