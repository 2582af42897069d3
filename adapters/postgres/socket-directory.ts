import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AtelierError } from '@atelier/domain/errors';

/** `sun_path` holds 108 bytes with its final zero; PostgreSQL adds `/.s.PGSQL.5432.lock`. */
const longestFolder = 107 - '/.s.PGSQL.5432.lock'.length;

/** Folders for the socket of the database under `postgresFolder`, best first: beside the data if its path is short enough. */
export function socketDirectoryCandidates(postgresFolder: string, runtimeFolder: string | undefined): string[] {
  const hash = createHash('sha256').update(postgresFolder).digest('hex').slice(0, 16);
  const elsewhere = [runtimeFolder, '/tmp']
    .filter((folder) => folder !== undefined)
    .flatMap((folder) => ['', '-1', '-2', '-3'].map((suffix) => join(folder, `atelier-${hash}${suffix}`)));
  return [join(postgresFolder, 'socket'), ...elsewhere].filter((folder) => Buffer.byteLength(folder) <= longestFolder);
}

/**
 * Makes the first candidate that is ours alone: a folder, not a link, owned by us, closed to everybody else. In a shared
 * folder such as /tmp somebody may have taken the name; then the next one is tried.
 *
 * @throws AtelierError `database.start-failed` when none can be had
 */
export async function makeSocketDirectory(candidates: readonly string[], owner: readonly number[]): Promise<string> {
  for (const folder of candidates) {
    try {
      await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      });
      const found = await lstat(folder);
      if (!found.isDirectory() || !owner.includes(found.uid)) continue;
      await chmod(folder, 0o700);
      return folder;
    } catch {}
  }
  throw new AtelierError(
    'database.start-failed',
    `no folder for the database's socket could be made; tried ${candidates.join(', ')}`,
  );
}
