import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AtelierError } from '@atelier/domain/errors';

/** The programs of one installed PostgreSQL. */
export interface PostgresPrograms {
  /** Folder that holds initdb, postgres, pg_dump and pg_restore. */
  readonly folder: string;
  readonly major: number;
}

const oldestMajor = 15;

/** Every usable PostgreSQL under `root` (Debian's layout, `<root>/<major>/bin`), newest first. */
export async function listPrograms(root = '/usr/lib/postgresql'): Promise<PostgresPrograms[]> {
  const names = await readdir(root).catch(() => []);
  const found: PostgresPrograms[] = [];
  for (const name of names) {
    const major = /^\d+$/.test(name) ? Number(name) : 0;
    const folder = join(root, name, 'bin');
    const complete = await Promise.all(['initdb', 'postgres'].map((program) => stat(join(folder, program)))).then(
      () => true,
      () => false,
    );
    if (major >= oldestMajor && complete) found.push({ folder, major });
  }
  return found.sort((a, b) => b.major - a.major);
}

/**
 * The programs to use: the newest, or those of the major version `made` that a data folder was made by.
 *
 * @throws AtelierError `database.programs-missing`, `database.version-gone`
 */
export async function choosePrograms(made?: number, root?: string): Promise<PostgresPrograms> {
  const found = await listPrograms(root);
  if (found[0] === undefined) {
    throw new AtelierError(
      'database.programs-missing',
      `no PostgreSQL of version ${oldestMajor} or newer is installed`,
    );
  }
  if (made === undefined) return found[0];
  const same = found.find((programs) => programs.major === made);
  if (same === undefined) {
    throw new AtelierError(
      'database.version-gone',
      `the private database was made by PostgreSQL ${made}, but only ${found.map((one) => one.major).join(', ')} is installed`,
    );
  }
  return same;
}
