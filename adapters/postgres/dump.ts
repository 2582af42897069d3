import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { connectionEnvironment, type PostgresConnection } from './connection.ts';
import { syncFolder } from './durable.ts';
import { choosePrograms } from './programs.ts';
import { runProgram } from './run-program.ts';

/**
 * Writes the whole database with pg_dump (custom format, compressed) to `target`, 0600: written beside, synced, renamed.
 *
 * @param programFolder the folder of pg_dump; undefined takes the newest installed one
 */
export async function dumpDatabase(
  connection: PostgresConnection,
  programFolder: string | undefined,
  target: string,
  signal?: AbortSignal,
): Promise<void> {
  const folder = programFolder ?? (await choosePrograms()).folder;
  const beside = `${target}.part`;
  await rm(beside, { force: true });
  const file = await open(beside, 'wx', 0o600);
  try {
    await runProgram({
      program: join(folder, 'pg_dump'),
      words: ['--format=custom', '--compress=1', '--no-owner', '--no-privileges', '--no-password'],
      env: connectionEnvironment(connection),
      output: file.fd,
      signal,
    });
    await file.sync();
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  await rename(beside, target);
  await syncFolder(dirname(target));
}
