import { rmdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster, prepareCluster, privateName } from './cluster.ts';
import type { PostgresConnection } from './connection.ts';
import type { Launched } from './launch.ts';
import { type DatabaseLog, noLog } from './log.ts';
import { startPostmaster, stopPostmaster } from './postmaster.ts';
import { makeSocketDirectory, socketDirectoryCandidates } from './socket-directory.ts';
import { giveFiles } from './unprivileged.ts';

export interface PrivatePostgresOptions {
  /** The state folder; the database lives in `postgres/` within it. */
  readonly stateDir: string;
  readonly log?: DatabaseLog;
  /** Aborting stops a start in progress, and later the database. */
  readonly signal?: AbortSignal;
  /** False only where nothing needs to survive, such as tests: faster, unsafe. Default true. */
  readonly durable?: boolean;
}

/** A PostgreSQL that belongs to this process, reachable through a Unix socket that nobody else can open. */
export interface PrivatePostgres {
  readonly connection: PostgresConnection;
  /** Folder of the PostgreSQL programs in use, for pg_dump and pg_restore. */
  readonly programFolder: string;
  readonly major: number;
  /** Whether this start made the database. */
  readonly firstStart: boolean;
  /** Process id of the postmaster; undefined while it is being restarted, and after `stop`. */
  readonly pid: () => number | undefined;
  /** Calls `listener` each time PostgreSQL ended by itself; it is started again with back-off. Gives a function that ends it. */
  readonly onExit: (listener: (lastWords: string) => void) => () => void;
  /** Stops PostgreSQL with everything written. Safe to call twice. */
  readonly stop: () => Promise<void>;
}

const longestPause = 10_000;

class Supervisor implements PrivatePostgres {
  readonly connection: PostgresConnection;
  readonly #cluster: Cluster;
  readonly #log: DatabaseLog;
  readonly #durable: boolean;
  readonly #stopping = new AbortController();
  readonly #listeners = new Set<(lastWords: string) => void>();
  #running: Launched | undefined;
  #watch: Promise<void> = Promise.resolve();

  constructor(cluster: Cluster, socketDirectory: string, log: DatabaseLog, durable: boolean) {
    this.#cluster = cluster;
    this.#log = log;
    this.#durable = durable;
    this.connection = {
      host: socketDirectory,
      port: 5432,
      user: privateName,
      password: cluster.password,
      database: privateName,
      sslMode: 'disable',
    };
  }

  get programFolder() {
    return this.#cluster.programs.folder;
  }
  get major() {
    return this.#cluster.programs.major;
  }
  get firstStart() {
    return this.#cluster.firstStart;
  }

  pid = () => this.#running?.process.pid;

  onExit = (listener: (lastWords: string) => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  stop = async () => {
    this.#stopping.abort();
    if (this.#running) await stopPostmaster(this.#running);
    await this.#watch;
    // One in /tmp would lie about; it is made again at the next start.
    await rmdir(this.connection.host).catch(() => {});
  };

  async start(signal: AbortSignal | undefined): Promise<void> {
    this.#running = await this.#launch(signal);
    const stop = () => void this.stop();
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
    this.#watch = this.#keepRunning(this.#running).finally(() => signal?.removeEventListener('abort', stop));
  }

  #launch(signal: AbortSignal | undefined): Promise<Launched> {
    return startPostmaster({
      cluster: this.#cluster,
      socketDirectory: this.connection.host,
      durable: this.#durable,
      log: this.#log,
      signal: signal ? AbortSignal.any([signal, this.#stopping.signal]) : this.#stopping.signal,
    });
  }

  async #keepRunning(first: Launched): Promise<void> {
    let pause = 0;
    let running = first;
    for (;;) {
      const since = performance.now();
      await running.ended;
      this.#running = undefined;
      if (this.#stopping.signal.aborted) return;
      const lastWords = running.lastWords();
      this.#log.error({ lastWords }, 'the private database ended by itself and is started again');
      for (const listener of this.#listeners) listener(lastWords);
      if (performance.now() - since > 60_000) pause = 0;
      const next = await this.#startAgain(pause);
      if (next === undefined) return;
      running = next.running;
      pause = next.pause;
      this.#running = running;
    }
  }

  /** Tries until it runs, waiting twice as long each time; undefined when stopped meanwhile. */
  async #startAgain(pause: number): Promise<{ running: Launched; pause: number } | undefined> {
    for (let wait = pause; ; ) {
      try {
        await delay(wait, undefined, { signal: this.#stopping.signal });
        wait = Math.min(Math.max(wait * 2, 100), longestPause);
        return { running: await this.#launch(undefined), pause: wait };
      } catch (error) {
        if (this.#stopping.signal.aborted) return undefined;
        this.#log.error({ error: String(error), waitMs: wait }, 'the private database could not be started again yet');
      }
    }
  }
}

/**
 * Starts the private PostgreSQL of a state folder, making it on the first start, and keeps it running until `stop`. It
 * listens on a Unix socket only and dies with this process. Several may run side by side, one for each state folder.
 *
 * @throws AtelierError `database.programs-missing`, `database.version-gone`, `database.cannot-run-as-root`,
 *   `database.in-use`, `database.start-failed`; the reason of `signal` when it aborts first
 */
export async function startPrivatePostgres(options: PrivatePostgresOptions): Promise<PrivatePostgres> {
  const { stateDir, log = noLog, durable = true } = options;
  const signal = options.signal ?? new AbortController().signal;
  signal.throwIfAborted();
  const cluster = await prepareCluster({ stateDir, log, durable, signal });
  const candidates = socketDirectoryCandidates(cluster.folder, process.env.XDG_RUNTIME_DIR);
  const socketDirectory = await makeSocketDirectory(candidates, [process.getuid!(), cluster.as.uid]);
  await giveFiles(socketDirectory, cluster.as);
  const supervisor = new Supervisor(cluster, socketDirectory, log, durable);
  await supervisor.start(options.signal);
  return supervisor;
}
