import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashPassword, ntHashStore } from '@atelier/adapters/identity';
import { loadSecretKey, newId } from '@atelier/adapters/postgres';
import { type TestDatabase, testDatabase } from '@atelier/adapters/postgres/testing';
import { securityProtocol, writeConnectionConfirm } from '@atelier/rdp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type SyntheticEnd, signInAs } from './rdp-lab/synthetic-client.ts';

// Two broker processes over one PostgreSQL, as `atelier broker start` runs them; clients of the test's own making, as many as a morning brings.

const people = 500;
const targets = 10;
const password = 'one for all 7';

let database: TestDatabase;
let stateDir: string;
let host: Server;
const brokers: { readonly process: ChildProcess; readonly port: number }[] = [];

async function startBrokerProcess(): Promise<void> {
  const cli = join(import.meta.dirname, '../apps/cli/main.ts');
  const child = spawn(process.execPath, [cli, 'broker', 'start', '--port', '0'], {
    env: { ...process.env, ATELIER_STATE: stateDir, ATELIER_DATABASE_URL: database.url, ATELIER_LOG: 'error' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(child.stdout!, 'data');
  const port = Number(/rdp port (\d+)/.exec(String(said))?.[1]);
  brokers.push({ process: child, port });
}

beforeAll(async () => {
  database = await testDatabase();
  stateDir = await mkdtemp(join(tmpdir(), 'atelier-fleet-'));
  // One program stands for all targets: it confirms each connection, and says no more.
  host = createServer((socket) => {
    socket.on('error', () => {}).on('data', () => socket.write(writeConnectionConfirm(securityProtocol.tls)));
  }).listen(0, '127.0.0.1');
  await once(host, 'listening');
  const { port } = host.address() as AddressInfo;
  await startBrokerProcess();
  await startBrokerProcess();
  const { db } = database;
  const hash = await hashPassword(password);
  const hashes = ntHashStore(await loadSecretKey(stateDir));
  const users = Array.from({ length: people }, (_, n) => ({ id: newId(), name: `person${n}`, password_hash: hash }));
  await db.insertInto('people_user').values(users).execute();
  await Promise.all(users.map((one) => hashes.keep(db, one, password)));
  const collection = newId();
  await db.insertInto('broker_collection').values({ id: collection, name: 'Morning', kind: 'session-hosts' }).execute();
  const everyone = await db.selectFrom('people_group').select('id').executeTakeFirstOrThrow();
  await db
    .insertInto('broker_entitlement')
    .values({ id: newId(), collection_id: collection, group_id: everyone.id })
    .execute();
  const values = Array.from({ length: targets }, (_, n) => ({
    id: newId(),
    name: `host${n}`,
    kind: 'session-host' as const,
    collection_id: collection,
    endpoints: JSON.stringify([{ address: '127.0.0.1', port }]),
    state: 'running' as const,
  }));
  await db.insertInto('broker_target').values(values).execute();
});
afterAll(async () => {
  for (const { process: child } of brokers) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  host?.close();
  await database?.close();
  if (stateDir) await rm(stateDir, { recursive: true, force: true });
});

const signIn = (user: string, port: number): Promise<SyntheticEnd> =>
  signInAs({ host: '127.0.0.1', port, user, password });
const spread = async () => {
  const { rows } = await database.db
    .selectFrom('broker_session')
    .innerJoin('broker_target', 'broker_target.id', 'target_id')
    .select((eb) => ['broker_target.name', eb.fn.countAll<number>().as('sessions')])
    .where('broker_session.state', '=', 'connecting')
    .groupBy('broker_target.name')
    .execute()
    .then((found) => ({ rows: found.map((one) => Number(one.sessions)) }));
  return rows;
};

it('gives one person who dials fifty times at once, at both brokers, one place', async () => {
  const ends = await Promise.all(Array.from({ length: 50 }, (_, n) => signIn('person0', brokers[n % 2]!.port)));
  expect(ends.every((one) => one.redirection?.loadBalanceInfo !== undefined)).toBe(true);
  expect(await spread()).toEqual([1]);
});

it('spreads five hundred people evenly, though one of two brokers is killed in the middle', async () => {
  const begun = performance.now();
  let done = 0;
  let again = 0;
  const dial = async (n: number): Promise<void> => {
    const [first, second] = brokers;
    const mine = n % 2 === 0 ? first! : second!;
    await signIn(`person${n}`, mine.port).catch((error: unknown) => {
      if (mine !== first) throw error;
      again += 1;
      return signIn(`person${n}`, second!.port);
    });
    done += 1;
    if (done === people / 5) first!.process.kill('SIGKILL');
  };
  await Promise.all(Array.from({ length: people }, (_, n) => dial(n)));
  const seconds = (performance.now() - begun) / 1000;
  console.info(`${people} sign-ins in ${seconds.toFixed(1)} s, ${again} of them a second time`);
  const counts = await spread();
  expect(counts.reduce((sum, one) => sum + one, 0)).toBe(people);
  expect(counts).toHaveLength(targets);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  expect(again).toBeGreaterThan(0);
});
