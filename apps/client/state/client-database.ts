import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { AtelierError } from '@atelier/domain/errors';

/** Each entry brings the database from the version of its place to the next. Never change one that was released. */
const migrations: readonly string[] = [
  `create table note (key text primary key, value text not null) strict;
   create table event (sequence integer primary key autoincrement, severity text not null, body text not null) strict;
   create table granted (user_id text primary key, sequence integer not null, document text not null) strict;
   create table instance (user_id text not null, workspace_id text not null, body text not null,
     primary key (user_id, workspace_id)) strict;`,
];

/** The client's own database: events that wait, the journal of instances, signed grants, small notes. */
export interface ClientDatabase {
  readonly sqlite: DatabaseSync;
  /** Runs `work` in one transaction: all of it is on disk when this returns, or none. May be nested. */
  transaction<T>(work: () => T): T;
  /** Small values under a name. */
  note<T>(key: string): T | undefined;
  setNote(key: string, value: unknown): void;
  close(): void;
}

/** Opens (and brings up to date) the database at `path`; every commit is synced to disk. Throws `client.database`. */
export function openClientDatabase(path: string): ClientDatabase {
  const sqlite = new DatabaseSync(path, { timeout: 5000 });
  sqlite.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
  if (path !== ':memory:') chmodSync(path, 0o600);
  let depth = 0;
  const transaction = <T>(work: () => T): T => {
    if (depth > 0) return work();
    sqlite.exec('begin immediate');
    depth++;
    try {
      const result = work();
      sqlite.exec('commit');
      return result;
    } catch (error) {
      sqlite.exec('rollback');
      throw error;
    } finally {
      depth--;
    }
  };
  migrate(sqlite, transaction);
  const read = sqlite.prepare('select value from note where key = ?');
  const write = sqlite.prepare('insert into note values (?, ?) on conflict (key) do update set value = excluded.value');
  const remove = sqlite.prepare('delete from note where key = ?');
  return {
    sqlite,
    transaction,
    note: <T>(key: string) => {
      const row = read.get(key) as { value: string } | undefined;
      return row && (JSON.parse(row.value) as T);
    },
    setNote: (key, value) => {
      if (value === undefined) remove.run(key);
      else write.run(key, JSON.stringify(value));
    },
    close: () => sqlite.close(),
  };
}

function migrate(sqlite: DatabaseSync, transaction: (work: () => void) => void): void {
  const { user_version: from } = sqlite.prepare('pragma user_version').get() as { user_version: number };
  if (from > migrations.length)
    throw new AtelierError('client.database', `the state folder was written by a newer client (format ${from})`);
  transaction(() => {
    for (const step of migrations.slice(from)) sqlite.exec(step);
    sqlite.exec(`pragma user_version = ${migrations.length}`);
  });
}
