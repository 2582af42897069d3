import type { Kysely, Transaction } from 'kysely';
import type { PostgresConnection } from './connection.ts';
import type { Database } from './tables/database.ts';

export type Isolation = 'read committed' | 'repeatable read' | 'serializable';

/** A change that a listener hears of. `id` is the row's (for `event`: the largest `seq` of the batch). */
export interface Change {
  readonly kind:
    | 'setting'
    | 'user'
    | 'group'
    | 'role-binding'
    | 'audit'
    | 'image'
    | 'image-version'
    | 'workspace'
    | 'assignment'
    | 'endpoint'
    | 'endpoint-command'
    | 'host'
    | 'collection'
    | 'environment'
    | 'environment-test'
    | 'target'
    | 'session'
    | 'connection'
    | 'broker'
    | 'broker-plugin'
    | 'broker-task'
    | 'transfer-override'
    | 'instance'
    | 'transfer'
    | 'event'
    | 'task'
    | 'task-log'
    /** Listening has begun, or was interrupted for a while: anything may have changed. */
    | 'everything';
  readonly id: string;
  readonly rev: number | null;
  readonly action: 'insert' | 'update' | 'delete';
}

/** An open database: the private one with its supervisor, or one that somebody else runs. */
export interface DatabaseHandle {
  readonly db: Kysely<Database>;
  readonly connection: PostgresConnection;
  /** Process id of the private postmaster now; undefined while it restarts, or when the database is not private. */
  readonly pid: () => number | undefined;
  /** Folder of the PostgreSQL programs that the private database runs on. */
  readonly programFolder: string | undefined;
  /**
   * Runs `work` in a transaction. It is run again (3 times at most) when PostgreSQL ended it because of a deadlock or a
   * serialization conflict, so `work` must do nothing outside of the transaction. A lost connection is not retried, since
   * the commit may have happened.
   */
  readonly withTransaction: <Result>(
    work: (trx: Transaction<Database>) => Promise<Result>,
    isolation?: Isolation,
  ) => Promise<Result>;
  /** Whether the database answers now; never throws, takes 2 seconds at most. */
  readonly isReady: () => Promise<boolean>;
  /**
   * The changes that any server makes, until `signal` aborts. The first is `everything`, once it hears all that follows:
   * read what you show then. Reconnects by itself and then yields `everything` again; so does a listener that does not
   * keep up, instead of an endless queue. All listeners of a process share one connection.
   */
  readonly listenChanges: (signal: AbortSignal) => AsyncIterable<Change>;
  /** Closes the connections, then stops the private database. Safe to call twice. */
  readonly close: () => Promise<void>;
}
