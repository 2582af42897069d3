import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashPassword, ntHashStore } from '@atelier/adapters/identity';
import { loadSecretKey, newId } from '@atelier/adapters/postgres';
import { type TestDatabase, testDatabase } from '@atelier/adapters/postgres/testing';
import { securityProtocol, writeConnectionConfirm } from '@atelier/rdp';
import { type SyntheticEnd, signInAs } from './synthetic-client.ts';

/** Broker processes over one PostgreSQL, with people `person0`, `person1` … and targets that answer, but have no desktop. */
export interface BrokerFleet {
  readonly database: TestDatabase;
  readonly stateDir: string;
  readonly brokers: readonly BrokerProcess[];
  /** Everybody's. */
  readonly password: string;
  /** Signs a person in at a port, as a client of the test's own making. */
  signIn(person: string, port: number, from?: string, more?: FleetSignIn): Promise<SyntheticEnd>;
  stop(): Promise<void>;
}

/** What a person's sign-in has beyond the usual. */
export interface FleetSignIn {
  readonly loadBalanceInfo?: string;
  readonly signal?: AbortSignal;
}

export interface BrokerProcess {
  readonly port: number;
  readonly pid: number;
  kill(): void;
  /** Has it read its plug-ins again. */
  reload(): void;
  /** Bytes of memory that it has now. */
  memory(): Promise<number>;
  /** Files and sockets that it has open now. */
  openFiles(): Promise<number>;
  /** What it logged, errors only unless `env` says otherwise. */
  logged(): string;
  readonly alive: () => boolean;
}

const password = 'one for all 7';
/** Characters of a log that are kept. */
const mostLogged = 64 * 1024 * 1024;

export async function brokerFleet(size: {
  readonly brokers: number;
  readonly people: number;
  readonly targets: number;
  /** For the brokers, beside what they need. */
  readonly env?: Readonly<Record<string, string>>;
  /** A server that is there already, in place of a database and keys of the fleet's own, and the folder of the brokers' plug-ins. */
  readonly over?: { readonly database: TestDatabase; readonly stateDir: string; readonly plugIns: string };
}): Promise<BrokerFleet> {
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const one of undo.splice(0).toReversed()) await one().catch((error: unknown) => console.error(error));
  };
  try {
    const { database, stateDir, plugIns } = size.over ?? (await ownGround(undo));
    // One program stands for all targets: it confirms each connection, and says no more.
    const host = createServer((socket) => {
      socket.on('error', () => {}).on('data', () => socket.write(writeConnectionConfirm(securityProtocol.tls)));
    }).listen(0, '127.0.0.1');
    await once(host, 'listening');
    undo.push(async () => host.close());
    const brokers: BrokerProcess[] = [];
    for (let n = 0; n < size.brokers; n++) {
      const { broker, end } = await startBrokerProcess(database.url, stateDir, plugIns, { env: size.env });
      brokers.push(broker);
      undo.push(end);
    }
    await fill(database, stateDir, size, (host.address() as AddressInfo).port);
    return {
      database,
      stateDir,
      brokers,
      password,
      signIn: (person, port, from, more) =>
        signInAs({ host: '127.0.0.1', port, user: person, password, from, ...more }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function ownGround(undo: (() => Promise<unknown>)[]) {
  const database = await testDatabase();
  undo.push(() => database.close());
  const stateDir = await mkdtemp(join(tmpdir(), 'atelier-fleet-'));
  undo.push(() => rm(stateDir, { recursive: true, force: true }));
  return { database, stateDir, plugIns: join(stateDir, 'broker-plug-ins') };
}

/** Starts one over a database, with the keys in its state folder. `end` has it go in good order. */
export async function startBrokerProcess(
  url: string,
  stateDir: string,
  plugIns: string,
  more: { readonly host?: string; readonly env?: Readonly<Record<string, string>> | undefined } = {},
) {
  const cli = join(import.meta.dirname, '../../apps/cli/main.ts');
  const child: ChildProcess = spawn(
    process.execPath,
    [cli, 'broker', 'start', '--port', '0', '--host', more.host ?? '127.0.0.1'],
    {
      env: {
        ...process.env,
        ATELIER_STATE: stateDir,
        ATELIER_DATABASE_URL: url,
        ATELIER_BROKER_PLUGINS: plugIns,
        ATELIER_LOG: 'error',
        ...more.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let logged = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    if (!more.env?.ATELIER_LOG) process.stderr.write(text);
    if (logged.length < mostLogged) logged += text;
  });
  const ended = once(child, 'exit');
  const said = await Promise.race([once(child.stdout!, 'data'), ended]);
  const port = Number(/rdp port (\d+)/.exec(String(said[0]))?.[1]);
  if (!port) throw new Error(`the broker did not start: ${said.join(' ')} ${logged}`);
  const broker: BrokerProcess = {
    port,
    pid: child.pid!,
    kill: () => child.kill('SIGKILL'),
    reload: () => void child.kill('SIGHUP'),
    alive: () => child.exitCode === null && child.signalCode === null,
    memory: async () => {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) * 1024;
    },
    openFiles: async () => (await readdir(`/proc/${child.pid}/fd`)).length,
    logged: () => logged,
  };
  const end = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  return { broker, end };
}

async function fill(
  { db }: TestDatabase,
  stateDir: string,
  size: { readonly people: number; readonly targets: number },
  port: number,
): Promise<void> {
  const hash = await hashPassword(password);
  const hashes = ntHashStore(await loadSecretKey(stateDir));
  const users = Array.from({ length: size.people }, (_, n) => ({
    id: newId(),
    name: `person${n}`,
    password_hash: hash,
  }));
  await db.insertInto('people_user').values(users).execute();
  await Promise.all(users.map((one) => hashes.keep(db, one, password)));
  const collection = newId();
  await db.insertInto('broker_collection').values({ id: collection, name: 'Morning', kind: 'session-hosts' }).execute();
  const everyone = await db.selectFrom('people_group').select('id').executeTakeFirstOrThrow();
  await db
    .insertInto('broker_entitlement')
    .values({ id: newId(), collection_id: collection, group_id: everyone.id })
    .execute();
  const targets = Array.from({ length: size.targets }, (_, n) => ({
    id: newId(),
    name: `host${n}`,
    kind: 'session-host' as const,
    collection_id: collection,
    endpoints: JSON.stringify([{ address: '127.0.0.1', port }]),
    state: 'running' as const,
  }));
  await db.insertInto('broker_target').values(targets).execute();
}
