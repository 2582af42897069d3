import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@atelier/adapters/postgres';
import { testDatabase } from '@atelier/adapters/postgres/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

let cluster: Awaited<ReturnType<typeof testDatabase>>;
let folder: string;
let made = 0;
beforeAll(async () => {
  cluster = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'atelier-migrate-'));
});
afterAll(async () => {
  await cluster.close();
  await rm(folder, { recursive: true, force: true });
});

/** The URL of a new database without anything in it. */
async function emptyDatabase(): Promise<string> {
  const name = `empty_${++made}`;
  await sql`create database ${sql.id(name)}`.execute(cluster.db);
  return cluster.url.replace(/\/test_\d+\?/, `/${name}?`);
}

test('eight servers that start at once migrate once, and all of them work', async () => {
  const url = await emptyDatabase();
  const info = vi.fn();
  const log = { debug() {}, info, warn() {}, error() {} };
  const servers = await Promise.all(Array.from({ length: 8 }, () => openDatabase({ url }, { log, maxConnections: 2 })));
  expect(info.mock.calls.filter(([, message]) => message === 'the database was migrated')).toHaveLength(1);
  const counts = await Promise.all(
    servers.map((server) => server.db.selectFrom('schema_migration').select('number').orderBy('number').execute()),
  );
  const files = await readdir(join(import.meta.dirname, '../adapters/postgres/migrations'));
  for (const count of counts) expect(count.map((row) => row.number)).toEqual(files.map((_, index) => index + 1));
  await Promise.all(servers.map((server) => server.close()));
});

test('a database of newer software is refused and left alone', async () => {
  const url = await emptyDatabase();
  const database = await openDatabase({ url });
  await database.db
    .insertInto('schema_migration')
    .values({ number: 9999, name: 'of-tomorrow', checksum: '' })
    .execute();
  await database.close();
  await expect(openDatabase({ url })).rejects.toMatchObject({ code: 'server.unsupported-database' });
});

test('a migration that is not the one that was applied is refused', async () => {
  const url = await emptyDatabase();
  const database = await openDatabase({ url });
  await database.db.updateTable('schema_migration').set({ checksum: 'edited' }).where('number', '=', 3).execute();
  await database.close();
  await expect(openDatabase({ url })).rejects.toMatchObject({
    code: 'database.migration-changed',
    message: expect.stringContaining('migration 3 (audit)'),
  });
});

test('a database that holds something is dumped before it is migrated; a migration that fails leaves nothing', async () => {
  const url = await emptyDatabase();
  const backupFolder = join(folder, 'backups');
  const database = await openDatabase({ url }, { backupFolder });
  await expect(readdir(backupFolder)).rejects.toMatchObject({ code: 'ENOENT' });
  await database.db.deleteFrom('schema_migration').where('number', '>=', 3).execute();
  const before = await sql`select * from schema_migration`.execute(database.db);
  // What the third migration makes is there already, so it fails when it is applied again.
  await expect(openDatabase({ url }, { backupFolder })).rejects.toMatchObject({ code: 'database.migration-failed' });
  expect((await sql`select * from schema_migration`.execute(database.db)).rows).toEqual(before.rows);
  await database.close();
  const dumps = await readdir(backupFolder);
  expect(dumps).toEqual([expect.stringMatching(/^before-migration-3-\d{8}T\d{6}Z\.dump$/)]);
  const dump = join(backupFolder, dumps[0]!);
  expect((await stat(dump)).mode & 0o777).toBe(0o600);
  expect((await readFile(dump)).subarray(0, 5).toString()).toBe('PGDMP');
});

test('a database that does not answer, or refuses, gives an error that names the place and not the password', async () => {
  const gone = openDatabase({ url: 'postgresql://ada:hidden@localhost/x?host=/nowhere' });
  await expect(gone).rejects.toMatchObject({
    code: 'database.unreachable',
    message: expect.stringContaining('/nowhere'),
  });
  const url = cluster.url.replace(/:[^:@]*@/, ':hidden@');
  const refused = await openDatabase({ url }).catch((error: Error) => error);
  expect(refused).toMatchObject({ code: 'database.unreachable' });
  expect(String(refused)).not.toContain('hidden');
});
