import { randomBytes } from 'node:crypto';
import { mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AtelierError } from '@atelier/domain/errors';
import { syncFolder } from './durable.ts';
import { launch } from './launch.ts';
import { removeLeftovers, workName } from './leftovers.ts';
import type { DatabaseLog } from './log.ts';
import { choosePrograms, type PostgresPrograms } from './programs.ts';
import { restoreFolder } from './restore-folder.ts';
import { findUnprivileged, giveFiles, type Unprivileged } from './unprivileged.ts';

/** The name of the private database and of its user. */
export const privateName = 'atelier';

/** The files of a private PostgreSQL, ready to be started. */
export interface Cluster {
  /** `<state folder>/postgres`, without symbolic links. */
  readonly folder: string;
  readonly data: string;
  readonly password: string;
  readonly programs: PostgresPrograms;
  readonly as: Unprivileged;
  readonly firstStart: boolean;
}

export interface ClusterOptions {
  readonly stateDir: string;
  readonly log: DatabaseLog;
  readonly signal: AbortSignal;
  /** False only where nothing needs to survive, such as tests: faster, unsafe. */
  readonly durable: boolean;
}

async function runToEnd(
  program: string,
  words: readonly string[],
  options: ClusterOptions,
  as: Unprivileged,
  input?: string,
) {
  const running = launch(program, words, { as, deathSignal: 'KILL', ...(input === undefined ? {} : { input }) });
  const stop = () => running.process.kill('SIGKILL');
  const limit = AbortSignal.any([options.signal, AbortSignal.timeout(180_000)]);
  limit.addEventListener('abort', stop);
  const { code } = await running.ended;
  limit.removeEventListener('abort', stop);
  options.signal.throwIfAborted();
  return { code, words: running.lastWords() };
}

/** Builds the cluster in a folder of its own and renames it into place, so that a half-made one is never taken for real. */
async function create(
  folder: string,
  as: Unprivileged,
  programs: PostgresPrograms,
  options: ClusterOptions,
): Promise<void> {
  const fresh = join(folder, workName('new'));
  const data = join(fresh, 'data');
  const passwordFile = join(fresh, 'password');
  try {
    await mkdir(fresh, { mode: 0o700 });
    await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600, flush: true });
    await giveFiles(fresh, as);
    const initdb = (locale: string) =>
      runToEnd(
        join(programs.folder, 'initdb'),
        [
          `--pgdata=${data}`,
          `--username=${privateName}`,
          `--pwfile=${passwordFile}`,
          '--auth-local=scram-sha-256',
          '--auth-host=reject',
          '--encoding=UTF8',
          `--locale=${locale}`,
          '--data-checksums',
          '--no-instructions',
          ...(options.durable ? [] : ['--no-sync']),
        ],
        options,
        as,
      );
    let made = await initdb('C.UTF-8');
    if (made.code !== 0 && made.words.includes('locale')) {
      await rm(data, { recursive: true, force: true });
      made = await initdb('C');
    }
    if (made.code !== 0)
      throw new AtelierError('database.start-failed', `initdb ended with ${made.code}: ${made.words}`);
    const single = [
      '--single',
      '-D',
      data,
      ...(options.durable ? [] : ['-F']),
      '-c',
      'log_checkpoints=off',
      'postgres',
    ];
    const created = await runToEnd(
      join(programs.folder, 'postgres'),
      single,
      options,
      as,
      `create database ${privateName};\n`,
    );
    if (created.code !== 0 || /\b(ERROR|FATAL|PANIC)\b/.test(created.words)) {
      throw new AtelierError('database.start-failed', `the database could not be created: ${created.words}`);
    }
    await syncFolder(fresh);
    await rename(fresh, join(folder, 'cluster')).catch((error: NodeJS.ErrnoException) => {
      // Another process over the same folder was faster: its cluster is as good.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
    await syncFolder(folder);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/**
 * Prepares the files under `<stateDir>/postgres`; makes the cluster if there is none.
 *
 * @throws AtelierError `database.programs-missing`, `database.version-gone`, `database.cannot-run-as-root`, `database.start-failed`,
 *   `database.restore-unfinished`
 */
export async function prepareCluster(options: ClusterOptions): Promise<Cluster> {
  const unfinished = await stat(join(options.stateDir, restoreFolder)).then(
    () => true,
    () => false,
  );
  if (unfinished)
    throw new AtelierError('database.restore-unfinished', `${options.stateDir} holds a restore that was interrupted`);
  await mkdir(join(options.stateDir, 'postgres'), { recursive: true, mode: 0o700 });
  const folder = await realpath(join(options.stateDir, 'postgres'));
  const data = join(folder, 'cluster', 'data');
  const as = await findUnprivileged(folder);
  const readMajor = () => readFile(join(data, 'PG_VERSION'), 'utf8').then(Number, () => undefined);
  let major = await readMajor();
  const firstStart = major === undefined;
  await removeLeftovers(folder, 'new');
  if (firstStart) {
    const programs = await choosePrograms();
    options.log.info({ version: programs.major }, 'making the private database');
    await giveFiles(folder, as);
    await create(folder, as, programs, options);
    major = await readMajor();
  }
  await giveFiles(folder, as);
  const password = await readFile(join(folder, 'cluster', 'password'), 'utf8');
  return { folder, data, password, programs: await choosePrograms(major), as, firstStart };
}
