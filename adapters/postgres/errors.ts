import type { ErrorKind } from '@atelier/domain/errors';

const kind = (code: string, title: string, cause: string, fix: string): ErrorKind => ({
  code,
  status: 500,
  title,
  cause,
  fix,
});

/** The errors of this adapter: give them to `registerErrors` when composing. */
export const databaseErrors: readonly ErrorKind[] = [
  kind(
    'database.bad-url',
    'ATELIER_DATABASE_URL is not valid',
    'it is misspelt or incomplete',
    'write it as postgresql://user:password@host:port/database',
  ),
  kind(
    'database.programs-missing',
    'PostgreSQL is not installed',
    'no folder /usr/lib/postgresql/<version>/bin of version 15 or newer was found',
    'install the package postgresql, or set ATELIER_DATABASE_URL',
  ),
  kind(
    'database.version-gone',
    'the PostgreSQL that made the database is gone',
    'the private database was made by another major version, and its programs are no longer installed',
    'install that version again, take a backup with it, and restore the backup with the new one',
  ),
  kind(
    'database.cannot-run-as-root',
    'PostgreSQL cannot be started by root here',
    'PostgreSQL refuses to run as root, and neither a user namespace nor the account "postgres" can be used',
    'start Atelier as an ordinary user, or set ATELIER_DATABASE_URL',
  ),
  kind(
    'database.start-failed',
    'the private database did not start',
    'PostgreSQL ended or was not ready in time; its own words are in the detail',
    'correct what it says; free disk space if there is none left',
  ),
  kind(
    'database.in-use',
    'the private database is in use',
    'another Atelier runs over the same state folder',
    'stop the other one first',
  ),
  kind(
    'database.unreachable',
    'the database cannot be reached',
    'it does not answer, or refuses the user',
    'check that it runs, and the address, user and password in ATELIER_DATABASE_URL',
  ),
  kind(
    'database.migration-changed',
    'a migration differs from the one that was applied',
    'this software is not the one that made the database, or its files were edited',
    'install the unchanged software, or restore a backup',
  ),
  kind(
    'database.migration-failed',
    'the database could not be migrated',
    'a migration met an error; nothing of it was kept',
    'see the detail and the log; report it',
  ),
  kind(
    'database.backup-failed',
    'the backup failed',
    'pg_dump or tar ended with an error; their own words are in the detail',
    'correct what they say, for example free disk space, and try again',
  ),
  kind(
    'database.backup-damaged',
    'the backup cannot be used',
    'it is not a backup of Atelier, is cut off or damaged, or comes from a newer version',
    'use another backup, or the newer version of the software',
  ),
  kind(
    'database.restore-target',
    'the backup cannot be restored here',
    'the target holds data already',
    'restore into an empty state folder and an empty database',
  ),
  kind(
    'database.restore-unfinished',
    'a restore was interrupted',
    'the state folder holds a restore that did not come to its end',
    'run the same restore again',
  ),
  kind(
    'database.restore-failed',
    'the restore failed',
    'pg_restore ended with an error; its own words are in the detail',
    'correct what it says and try again; nothing was changed',
  ),
  kind(
    'database.secret-unreadable',
    'a secret cannot be opened',
    'the key file in the state folder is not the one that sealed it, or the row was changed',
    'put the right key file back (it is part of every backup)',
  ),
];
