import { AtelierError } from '@atelier/domain/errors';
import type { MigrationFile } from './migration-file.ts';

export interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

/**
 * The files that are still to be applied.
 *
 * @throws AtelierError `server.unsupported-database` when the database is newer than the software,
 *   `database.migration-changed` when a file is not the one that was applied
 */
export function planMigrations(files: readonly MigrationFile[], applied: readonly AppliedMigration[]): MigrationFile[] {
  const newest = applied.at(-1);
  if (newest !== undefined && newest.number > files.length) {
    throw new AtelierError(
      'server.unsupported-database',
      `the database has migration ${newest.number} (${newest.name}), but this software knows ${files.length}`,
    );
  }
  for (const [index, one] of applied.entries()) {
    const file = files[index];
    if (one.number !== index + 1 || file === undefined || file.checksum !== one.checksum) {
      throw new AtelierError(
        'database.migration-changed',
        `migration ${one.number} (${one.name}) is not the one that was applied`,
      );
    }
  }
  return files.slice(applied.length);
}
