import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { DatabaseHandle } from '../database-handle.ts';
import { noLog } from '../log.ts';
import { migrate } from '../migrate.ts';
import { openDatabase } from '../open-database.ts';

/** An empty, migrated database of a test's own. */
export interface TestDatabase extends DatabaseHandle {
  /** `ATELIER_DATABASE_URL` for it, for servers that the test starts. */
  readonly url: string;
}

interface TestCluster {
  readonly stateDir: string;
  readonly admin: DatabaseHandle;
}

let cluster: Promise<TestCluster> | undefined;
let users = 0;
let made = 0;

async function startCluster(): Promise<TestCluster> {
  const stateDir = await mkdtemp(join(tmpdir(), 'atelier-test-'));
  try {
    const admin = await openDatabase({ private: stateDir }, { durable: false, migrate: false });
    await sql`create database template_atelier`.execute(admin.db);
    const connection = { ...admin.connection, database: 'template_atelier' };
    await migrate({ connection, log: noLog, signal: new AbortController().signal });
    return { stateDir, admin };
  } catch (error) {
    cluster = undefined;
    await rm(stateDir, { recursive: true, force: true });
    throw error;
  }
}

async function leaveCluster(): Promise<void> {
  users -= 1;
  if (users > 0 || cluster === undefined) return;
  const { stateDir, admin } = await cluster;
  cluster = undefined;
  await admin.close();
  await rm(stateDir, { recursive: true, force: true });
}

/**
 * A database for a test, in some 50 ms: a copy of a migrated template in a private PostgreSQL that all tests of the process
 * share (its first start takes about a second). `close` drops it; closing the last one stops PostgreSQL and removes its files.
 * Nothing of it survives a crash of the machine: it is not for tests of durability.
 */
export async function testDatabase(): Promise<TestDatabase> {
  users += 1;
  try {
    cluster ??= startCluster();
    const { admin } = await cluster;
    const name = `test_${++made}`;
    await sql`create database ${sql.id(name)} template template_atelier strategy wal_log`.execute(admin.db);
    const { host, user, password } = admin.connection;
    const url = `postgresql://${user}:${password}@localhost/${name}?host=${encodeURIComponent(host)}`;
    const handle = await openDatabase({ url }, { migrate: false });
    const close = async () => {
      await handle.close();
      await sql`drop database if exists ${sql.id(name)} with (force)`.execute(admin.db);
      await leaveCluster();
    };
    let closing: Promise<void> | undefined;
    return {
      ...handle,
      url,
      close: () => {
        closing ??= close();
        return closing;
      },
    };
  } catch (error) {
    await leaveCluster();
    throw error;
  }
}
