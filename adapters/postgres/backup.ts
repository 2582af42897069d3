import { cp, lstat, mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AtelierError } from '@atelier/domain/errors';
import { type BackupManifest, describeFiles, dumpName, manifestName, stateName } from './backup-manifest.ts';
import type { DatabaseHandle } from './database-handle.ts';
import { dumpDatabase } from './dump.ts';
import { syncFolder } from './durable.ts';
import { removeLeftovers, workName } from './leftovers.ts';
import { runProgram } from './run-program.ts';

/** How far a backup or a restore is. */
export interface BackupProgress {
  readonly step: 'database' | 'files' | 'archive' | 'unpack' | 'verify' | 'restore' | 'switch';
  /** Bytes written so far, where they are known. */
  readonly bytes: number | null;
}

export interface BackupOptions {
  readonly database: DatabaseHandle;
  readonly stateDir: string;
  /** The archive to write (a tar file, 0600). An existing one is replaced, at the very end. */
  readonly target: string;
  /** Folders and files of the state folder to take along; those that do not exist are passed over. Default: keys, config. */
  readonly include?: readonly string[];
  readonly onProgress?: (progress: BackupProgress) => void;
  readonly signal?: AbortSignal;
}

async function writeArchive(staging: string, target: string, signal: AbortSignal | undefined): Promise<void> {
  const file = await open(target, 'wx', 0o600);
  try {
    await runProgram({
      program: 'tar',
      words: [
        '--create',
        '--file=-',
        '--format=posix',
        '--numeric-owner',
        `--directory=${staging}`,
        manifestName,
        dumpName,
        stateName,
      ],
      output: file.fd,
      signal,
    });
    await file.sync();
  } finally {
    await file.close();
  }
}

async function fill(staging: string, options: BackupOptions): Promise<BackupManifest> {
  const { database, stateDir, onProgress, signal } = options;
  const dump = join(staging, dumpName);
  const watch = setInterval(async () => {
    const size = await stat(`${dump}.part`).then(
      (found) => found.size,
      () => null,
    );
    onProgress?.({ step: 'database', bytes: size });
  }, 500);
  try {
    onProgress?.({ step: 'database', bytes: 0 });
    await dumpDatabase(database.connection, database.programFolder, dump, signal);
  } finally {
    clearInterval(watch);
  }
  onProgress?.({ step: 'files', bytes: null });
  await mkdir(join(staging, stateName), { mode: 0o700 });
  for (const name of options.include ?? ['keys', 'config']) {
    const from = join(stateDir, name);
    const exists = await lstat(from).then(
      () => true,
      () => false,
    );
    if (exists) await cp(from, join(staging, stateName, name), { recursive: true, errorOnExist: true, force: false });
  }
  const newest = await database.db
    .selectFrom('schema_migration')
    .select((eb) => eb.fn.max('number').as('number'))
    .executeTakeFirst();
  const manifest: BackupManifest = {
    format: 'atelier-backup',
    version: 1,
    createdAt: new Date().toISOString(),
    migration: newest?.number ?? 0,
    files: await describeFiles(staging),
  };
  await writeFile(join(staging, manifestName), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
  return manifest;
}

/**
 * Writes everything that cannot be made again, the database and the keys, into one archive, while the server works on.
 * Images are not in it: the repository is a folder of plain files that never change, and is copied as such. The archive
 * holds private keys: keep it as you would keep those. It appears under its name only when it is whole.
 *
 * @throws AtelierError `database.backup-failed`
 */
export async function backup(options: BackupOptions): Promise<BackupManifest> {
  const { target, onProgress } = options;
  const folder = dirname(target);
  const work = join(folder, workName('.backup'));
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await removeLeftovers(folder, '.backup');
    const staging = join(work, 'staging');
    await mkdir(staging, { recursive: true, mode: 0o700 });
    const manifest = await fill(staging, options);
    onProgress?.({ step: 'archive', bytes: null });
    const archive = join(work, 'archive.tar');
    await writeArchive(staging, archive, options.signal);
    await rename(archive, target);
    await syncFolder(folder);
    return manifest;
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new AtelierError('database.backup-failed', (error as Error).message, { cause: error });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
