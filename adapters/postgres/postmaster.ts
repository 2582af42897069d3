import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AtelierError } from '@atelier/domain/errors';
import type { Cluster } from './cluster.ts';
import { type Launched, launch } from './launch.ts';
import type { DatabaseLog } from './log.ts';
import { examineLock } from './postmaster-lock.ts';
import { serverSettings } from './server-settings.ts';

export interface PostmasterOptions {
  readonly cluster: Cluster;
  readonly socketDirectory: string;
  readonly durable: boolean;
  readonly log: DatabaseLog;
  readonly signal: AbortSignal;
}

/** How long a start may take while the process lives: after a crash PostgreSQL replays its log first. */
const startLimit = 180_000;
/** How long the processes of an earlier start may take to leave. */
const leaveLimit = 60_000;
/** How long a postmaster that shows no sign of stopping is taken for one whose supervisor just died. */
const heldLimit = 3_000;

const blocked = /lock file ".*" already exists|pre-existing shared memory block/;

function logLine(log: DatabaseLog, line: string): void {
  const fields = { program: 'postgres' };
  // ERROR is a statement that was refused, which whoever sent it hears of.
  if (/^(WARNING|FATAL|PANIC):/.test(line)) log.warn(fields, line);
  else log.debug(fields, line);
}

async function startOnce({
  cluster,
  socketDirectory,
  durable,
  log,
  signal,
}: PostmasterOptions): Promise<Launched | string> {
  const settings = Object.entries(serverSettings(socketDirectory, durable)).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const ready = Promise.withResolvers<'ready'>();
  const running = launch(join(cluster.programs.folder, 'postgres'), ['-D', cluster.data, ...settings], {
    as: cluster.as,
    deathSignal: 'INT',
    onLine: (line) => {
      logLine(log, line);
      if (line.includes('database system is ready to accept connections')) ready.resolve('ready');
    },
  });
  const given = new AbortController();
  const limit = AbortSignal.any([signal, given.signal]);
  const late = delay(startLimit, 'late' as const, { signal: limit, ref: false }).catch(() => 'aborted' as const);
  const outcome = await Promise.race([ready.promise, running.ended.then(() => 'ended' as const), late]);
  given.abort();
  if (outcome === 'ready') return running;
  running.process.kill('SIGQUIT');
  await running.ended;
  signal.throwIfAborted();
  return outcome === 'late' ? `not ready after ${startLimit / 1000} s: ${running.lastWords()}` : running.lastWords();
}

/**
 * Starts PostgreSQL over the cluster's files and waits until it takes connections. When processes of an earlier start
 * still hold the files, it waits for them to leave; a lock that nobody holds is removed.
 *
 * @throws AtelierError `database.in-use`, `database.start-failed`
 */
export async function startPostmaster(options: PostmasterOptions): Promise<Launched> {
  const begun = performance.now();
  for (;;) {
    const outcome = await startOnce(options);
    if (typeof outcome !== 'string') return outcome;
    if (!blocked.test(outcome)) throw new AtelierError('database.start-failed', `postgres did not start: ${outcome}`);
    const waited = performance.now() - begun;
    const lock = await examineLock(options.cluster.data);
    if (lock === 'held' ? waited > heldLimit : waited > leaveLimit) {
      throw new AtelierError('database.in-use', `another process holds ${options.cluster.data}: ${outcome}`);
    }
    await delay(lock === 'stale' ? 10 : 100, undefined, { signal: options.signal });
  }
}

/** Stops PostgreSQL: at once for its clients, but with everything written; harder when it does not go (which is safe, only slower to start again). */
export async function stopPostmaster(running: Launched): Promise<void> {
  for (const [signal, patience] of [
    ['SIGINT', 20_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    running.process.kill(signal);
    const given = new AbortController();
    const outcome = await Promise.race([
      running.ended,
      delay(patience, undefined, { signal: given.signal }).catch(() => undefined),
    ]);
    given.abort();
    if (outcome) return;
  }
}
