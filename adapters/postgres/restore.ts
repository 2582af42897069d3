import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AtelierError } from '@atelier/domain/errors';
import { Client } from 'pg';
import type { BackupProgress } from './backup.ts';
import {
  type BackupManifest,
  compareFiles,
  describeFiles,
  dumpName,
  manifestName,
  parseManifest,
  stateName,
} from './backup-manifest.ts';
import { clientConfig } from './client-config.ts';
import { connectionEnvironment, type PostgresConnection, parseDatabaseUrl } from './connection.ts';
import { syncFolder, syncTree } from './durable.ts';
import { type DatabaseLog, noLog } from './log.ts';
import { readMigrationFiles } from './migration-file.ts';
import { startPrivatePostgres } from './private-postgres.ts';
import { choosePrograms } from './programs.ts';
import { restoreFolder } from './restore-folder.ts';
import { runProgram } from './run-program.ts';

export interface RestoreOptions {
  /** The archive that `backup` wrote. */
  readonly source: string;
  /** The state folder to fill: absent or empty. */
  readonly stateDir: string;
  /** An empty database that somebody else runs; undefined makes the private one. */
  readonly url?: string;
  readonly log?: DatabaseLog;
  readonly onProgress?: (progress: BackupProgress) => void;
  readonly signal?: AbortSignal;
}

const ready = 'ready';

async function unpack(options: RestoreOptions, work: string): Promise<BackupManifest> {
  const { source, onProgress, signal } = options;
  try {
    onProgress?.({ step: 'unpack', bytes: null });
    await runProgram({
      program: 'tar',
      words: ['--extract', `--file=${source}`, '--no-same-owner', `--directory=${work}`],
      signal,
    });
    onProgress?.({ step: 'verify', bytes: null });
    const manifest = parseManifest(await readFile(join(work, manifestName), 'utf8'));
    compareFiles(manifest, await describeFiles(work));
    const known = (await readMigrationFiles()).length;
    if (manifest.migration > known)
      throw new Error(`it has migration ${manifest.migration}, but this software knows ${known}`);
    return manifest;
  } catch (error) {
    signal?.throwIfAborted();
    throw new AtelierError('database.backup-damaged', `${source}: ${(error as Error).message}`, { cause: error });
  }
}

async function requireEmpty(connection: PostgresConnection): Promise<void> {
  const client = new Client(await clientConfig(connection));
  await client.connect();
  try {
    const { rows } = await client.query<{ count: number }>(
      `select count(*) as count from pg_class where relnamespace = 'public'::regnamespace`,
    );
    if (rows[0]!.count > 0) throw new AtelierError('database.restore-target', 'the database is not empty');
  } finally {
    await client.end();
  }
}

async function fillDatabase(
  connection: PostgresConnection,
  programFolder: string,
  dump: string,
  signal: AbortSignal | undefined,
) {
  await requireEmpty(connection);
  await runProgram({
    program: join(programFolder, 'pg_restore'),
    words: [
      '--exit-on-error',
      '--single-transaction',
      '--no-owner',
      '--no-privileges',
      '--no-password',
      '--dbname',
      connection.database,
      dump,
    ],
    env: connectionEnvironment(connection),
    signal,
  });
}

async function restoreDatabase(options: RestoreOptions, work: string): Promise<void> {
  const dump = join(work, dumpName);
  if (options.url !== undefined) {
    return fillDatabase(parseDatabaseUrl(options.url), (await choosePrograms()).folder, dump, options.signal);
  }
  const server = await startPrivatePostgres({
    stateDir: join(work, stateName),
    log: options.log ?? noLog,
    ...(options.signal ? { signal: options.signal } : {}),
  });
  try {
    await fillDatabase(server.connection, server.programFolder, dump, options.signal);
  } finally {
    await server.stop();
  }
}

/** Moves what was restored into place, the database last; may be interrupted and done again. */
async function moveIntoPlace(stateDir: string, work: string): Promise<void> {
  const from = join(work, stateName);
  const names = await readdir(from);
  for (const name of names.sort((a, b) => Number(a === 'postgres') - Number(b === 'postgres'))) {
    await rename(join(from, name), join(stateDir, name));
  }
  await syncFolder(stateDir);
  await rm(work, { recursive: true });
  await syncFolder(stateDir);
}

/**
 * Puts a backup into an empty state folder, and into the private database or an empty one. All is unpacked, verified and
 * loaded beside, then moved into place; until that is done, a server refuses to start over the folder, and running the
 * restore again begins anew or ends what was begun.
 *
 * @throws AtelierError `database.backup-damaged`, `database.restore-target`, `database.restore-failed`, and those of starting a private database
 */
export async function restore(options: RestoreOptions): Promise<void> {
  const { stateDir, signal, onProgress } = options;
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const work = join(stateDir, restoreFolder);
  const present = await readdir(stateDir);
  const begun = present.includes(restoreFolder) ? await readdir(work) : [];
  if (!begun.includes(ready)) {
    const others = present.filter((name) => name !== restoreFolder);
    if (others.length > 0) throw new AtelierError('database.restore-target', `${stateDir} holds ${others.join(', ')}`);
    await rm(work, { recursive: true, force: true });
    await mkdir(work, { mode: 0o700 });
    try {
      await unpack(options, work);
      onProgress?.({ step: 'restore', bytes: null });
      await restoreDatabase(options, work);
    } catch (error) {
      await rm(work, { recursive: true, force: true });
      if (error instanceof AtelierError || signal?.aborted) throw error;
      throw new AtelierError('database.restore-failed', (error as Error).message, { cause: error });
    }
    await rm(join(work, dumpName));
    await syncTree(work);
    await writeFile(join(work, ready), '', { flush: true });
    await syncFolder(work);
  }
  onProgress?.({ step: 'switch', bytes: null });
  await moveIntoPlace(stateDir, work);
}
