import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { databaseErrors, openDatabase } from '@atelier/adapters/postgres';
import { registerErrors } from '@atelier/domain/errors';
import { auditLog } from './audit/audit-log.ts';
import { openAuthority } from './certificates/authority.ts';
import type { ServerConfig } from './config.ts';
import { databaseSecrets } from './database-secrets.ts';
import { EventWriter } from './events/server-events.ts';
import { openLog } from './http/log.ts';
import { openMetrics } from './http/metrics.ts';
import { Opened } from './opened.ts';
import manifest from './package.json' with { type: 'json' };
import type { Services } from './services.ts';

/** What a process beside the server gets: no HTTP, no tasks. */
export type CoreServices = Pick<
  Services,
  'config' | 'version' | 'database' | 'db' | 'log' | 'audit' | 'events' | 'authority' | 'secrets'
>;

/**
 * Opens what servers share, for another process over the same database and with the same keys.
 *
 * @throws AtelierError `database.*`; TypeError without `databaseUrl`: the private database is the server's alone
 */
export async function openServices(
  config: ServerConfig,
): Promise<{ readonly services: CoreServices; readonly close: () => Promise<void> }> {
  if (!config.databaseUrl)
    throw new TypeError(
      'ATELIER_DATABASE_URL is not set: a process of its own needs a database that the server shares',
    );
  const log = openLog(config);
  registerErrors(databaseErrors);
  const opened = new Opened((part, error) => log.error({ err: error, part }, 'a part did not stop in good order'));
  try {
    await mkdir(config.stateDir, { recursive: true, mode: 0o700 });
    const backupFolder = join(config.stateDir, 'backups');
    const database = await openDatabase({ url: config.databaseUrl }, { log, backupFolder });
    opened.push('database', () => database.close());
    const { db } = database;
    const { version } = manifest;
    const metrics = openMetrics(version);
    const [authority, secrets] = await Promise.all([
      openAuthority(join(config.stateDir, 'keys')),
      databaseSecrets(database, config.stateDir),
    ]);
    const events = new EventWriter(database, log, metrics);
    opened.push('events', () => events.stop());
    return {
      services: { config, version, database, db, log, audit: auditLog, events, authority, secrets },
      close: () => opened.close(),
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}
