import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  appendAudit,
  backup,
  type DatabaseHandle,
  insertEvents,
  loadSecretKey,
  newId,
  openDatabase,
  restore,
  secretStore,
  startPrivatePostgres,
  verifyAuditChain,
} from '@atelier/adapters/postgres';
import { testDatabase } from '@atelier/adapters/postgres/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';

let folder: string;
let archive: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-backup-'));
  archive = join(folder, 'backups', 'atelier.tar');
  const stateDir = join(folder, 'original');
  const database = await openDatabase({ private: stateDir });
  await secretStore(database.db, await loadSecretKey(stateDir)).put('ca/key', 'very secret');
  await writeFile(join(stateDir, 'keys', 'authority.pem'), 'a key', { mode: 0o600 });
  await database.db.insertInto('people_user').values({ id: newId(), name: 'Ada', email: 'ada@example.org' }).execute();
  const change = {
    actor: { kind: 'user', id: '1', name: 'Ada' },
    verb: 'x.y',
    object: { kind: 'x', id: '1', name: 'x' },
  };
  for (let entry = 0; entry < 20; entry++) await database.withTransaction((trx) => appendAudit(trx, change));
  await insertEvents(database.db, [event(1), event(2)]);
  const steps: string[] = [];
  const manifest = await backup({ database, stateDir, target: archive, onProgress: ({ step }) => steps.push(step) });
  expect(manifest.files.map((file) => file.path)).toEqual([
    'database.dump',
    'state/keys/authority.pem',
    'state/keys/secrets.key',
  ]);
  expect(new Set(steps)).toEqual(new Set(['database', 'files', 'archive']));
  // What comes after the backup is not in it.
  await database.db.insertInto('people_user').values({ id: newId(), name: 'Late' }).execute();
  await database.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const event = (seq: number) => ({
  source: { kind: 'server' as const, id: 's', seq },
  code: 3001,
  name: 'server.started',
  severity: 'info' as const,
  category: 'server',
  description: 'é',
  clientTime: new Date(),
  hostName: 'h',
});

async function expectRestored(database: DatabaseHandle, stateDir: string): Promise<void> {
  expect(await database.db.selectFrom('people_user').select(['name', 'rev']).execute()).toEqual([
    { name: 'Ada', rev: 1 },
  ]);
  expect(await verifyAuditChain(database.db)).toMatchObject({ state: 'intact', entries: 20 });
  expect(await secretStore(database.db, await loadSecretKey(stateDir)).get('ca/key')).toBe('very secret');
  expect(await readFile(join(stateDir, 'keys', 'authority.pem'), 'utf8')).toBe('a key');
  expect((await stat(join(stateDir, 'keys', 'authority.pem'))).mode & 0o777).toBe(0o600);
  // It works on: numbers continue, what was stored stays stored, the log stays append-only.
  expect(await insertEvents(database.db, [event(2), event(3)])).toBe(1);
  await expect(sql`delete from audit_entry`.execute(database.db)).rejects.toMatchObject({ code: '42501' });
}

test('the archive is for its owner only, and nothing is left beside it', async () => {
  expect((await stat(archive)).mode & 0o777).toBe(0o600);
  expect(await readdir(join(folder, 'backups'))).toEqual(['atelier.tar']);
});

test('a round trip into an empty state folder', async () => {
  const stateDir = join(folder, 'restored');
  await restore({ source: archive, stateDir });
  expect((await readdir(stateDir)).sort()).toEqual(['keys', 'postgres']);
  const database = await openDatabase({ private: stateDir });
  await expectRestored(database, stateDir);
  await database.close();
  await expect(restore({ source: archive, stateDir })).rejects.toMatchObject({ code: 'database.restore-target' });
});

test('a round trip into a database of somebody else, which must be empty', async () => {
  const stateDir = join(folder, 'restored-elsewhere');
  const cluster = await testDatabase();
  await sql`create database other`.execute(cluster.db);
  const url = cluster.url.replace(/\/test_\d+\?/, '/other?');
  await expect(restore({ source: archive, stateDir, url: cluster.url })).rejects.toMatchObject({
    code: 'database.restore-target',
  });
  expect(await readdir(stateDir)).toEqual([]);
  await restore({ source: archive, stateDir, url });
  expect(await readdir(stateDir)).toEqual(['keys']);
  const database = await openDatabase({ url });
  await expectRestored(database, stateDir);
  await database.close();
  await cluster.close();
});

test('a restore that was killed is not taken for a state folder, and can be run again at both stages', async () => {
  const stateDir = join(folder, 'interrupted');
  await mkdir(join(stateDir, '.restore', 'state', 'keys'), { recursive: true });
  await expect(startPrivatePostgres({ stateDir })).rejects.toMatchObject({ code: 'database.restore-unfinished' });
  await restore({ source: archive, stateDir });

  // As after a kill in the middle of the last moves.
  await mkdir(join(stateDir, '.restore', 'state'), { recursive: true });
  execFileSync('mv', [join(stateDir, 'postgres'), join(stateDir, '.restore', 'state')]);
  await writeFile(join(stateDir, '.restore', 'ready'), '');
  await restore({ source: archive, stateDir });
  const database = await openDatabase({ private: stateDir });
  await expectRestored(database, stateDir);
  await database.close();
});

test.each([
  ['cut off', async (copy: string) => truncate(copy, (await stat(copy)).size / 2)],
  [
    'changed in one byte',
    async (copy: string) => {
      const file = await open(copy, 'r+');
      const at = Math.floor((await file.stat()).size / 2);
      const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
      await file.write(Buffer.of(buffer[0]! ^ 1), 0, 1, at);
      await file.close();
    },
  ],
  ['something else', (copy: string) => writeFile(copy, 'not a tar')],
  [
    'enlarged by a link that leads out',
    async (copy: string) => {
      const extra = join(folder, 'extra');
      execFileSync('sh', ['-c', 'mkdir -p "$0/state" && ln -sf /etc/passwd "$0/state/link"', extra]);
      execFileSync('tar', ['--append', `--file=${copy}`, `--directory=${extra}`, 'state/link']);
    },
  ],
])('an archive that is %s is refused, and nothing is left', async (_what, damage) => {
  const copy = join(folder, 'damaged.tar');
  await copyFile(archive, copy);
  await damage(copy);
  const stateDir = join(folder, 'damaged');
  await expect(restore({ source: copy, stateDir })).rejects.toMatchObject({ code: 'database.backup-damaged' });
  expect(await readdir(stateDir)).toEqual([]);
});
