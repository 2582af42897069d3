import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@atelier/adapters/postgres';
import { type TestDatabase, testDatabase } from '@atelier/adapters/postgres/testing';
import type { passwordKeysIn } from '@atelier/adapters/single-use-password';
import { type BrokerExtras, brokerCapability, brokerConfig, type RunningBroker } from '@atelier/broker';
import { type RunningServer, serverConfig, startServer } from '@atelier/server';
import { Caller } from '../server/caller.ts';
import { type LabNetwork, labNetwork } from './network.ts';

/** The password of every user, at the broker and on the hosts. */
export const password = 'grüne Wiese 7 & €';

type LabSecrets = Parameters<typeof passwordKeysIn>[0];

/** A server with its broker over a PostgreSQL of its own, listening in a network of its own. */
export interface BrokerLab {
  readonly network: LabNetwork;
  readonly server: RunningServer;
  readonly broker: RunningBroker;
  readonly database: TestDatabase;
  /** Calls the API as the first administrator. */
  readonly owner: Caller;
  /** What lies sealed in the database. */
  readonly secrets: LabSecrets;
  /** Makes users who may use everything there is. */
  addUsers(...names: readonly string[]): Promise<void>;
  /** Makes a collection that everybody may use, with these targets; gives its id. */
  addCollection(name: string, targets: readonly LabTarget[], more?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Runs at the end, latest first. */
  later(work: () => Promise<unknown>): void;
  stop(): Promise<void>;
}

export interface LabTarget {
  readonly name: string;
  readonly address: string;
  readonly port?: number;
  readonly state?: 'running' | 'stopped' | 'unknown';
}

export async function brokerLab(
  extras: BrokerExtras = {},
  env: Readonly<Record<string, string>> = {},
  /** The broker listens on IPv6 alone, in a network that has both. */
  { ipv6 = false } = {},
): Promise<BrokerLab> {
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const one of undo.splice(0).toReversed()) await one().catch((error: unknown) => console.error(error));
  };
  try {
    const network = await labNetwork({ ipv6 });
    undo.push(network.remove);
    const database = await testDatabase();
    undo.push(() => database.close());
    const stateDir = await mkdtemp(join(tmpdir(), 'atelier-broker-'));
    undo.push(() => rm(stateDir, { recursive: true, force: true }));
    let broker: RunningBroker | undefined;
    let secrets: LabSecrets | undefined;
    const started = (one: RunningBroker) => {
      broker = one;
    };
    const server = await startServer(
      serverConfig({ stateDir, databaseUrl: database.url, host: network.here, port: 0, logLevel: 'silent' }, {}),
      {
        more: {
          port3389: (routes, services) => {
            secrets = services.secrets;
            const config = brokerConfig({ host: network.here6 ?? network.here, port: 3389 }, env);
            return brokerCapability(config, { ...extras, limits: { drainMs: 100, ...extras.limits }, started })(
              routes,
              services,
            );
          },
        },
      },
    );
    undo.push(() => server.stop());
    if (!broker || !secrets) throw new Error('the broker did not start');
    const anonymous = new Caller(server.url, server.ca);
    const token = server.setupLink!.split('token=')[1];
    await anonymous.post('/api/v1/setup', { token, name: 'owner', password });
    const { secret } = (await anonymous.post('/api/v1/session', { name: 'owner', password })).body;
    const owner = anonymous.bearer(secret);
    const { db } = database;
    return {
      network,
      server,
      broker,
      database,
      owner,
      secrets,
      async addUsers(...names) {
        for (const name of names) {
          const made = await owner.post('/api/v1/users', { name, password });
          if (made.status !== 201) throw new Error(`no user ${name}: ${made.text}`);
        }
      },
      async addCollection(name, targets, more = {}) {
        const id = newId();
        await db
          .insertInto('broker_collection')
          .values({ id, name, kind: 'session-hosts', ...more })
          .execute();
        const everyone = await db
          .selectFrom('people_group')
          .select('id')
          .where('name', '=', 'everyone')
          .executeTakeFirstOrThrow();
        await db
          .insertInto('broker_entitlement')
          .values({ id: newId(), collection_id: id, group_id: everyone.id })
          .execute();
        for (const target of targets) {
          const endpoints = JSON.stringify([{ address: target.address, port: target.port ?? 3389 }]);
          const { state = 'running' } = target;
          await db
            .insertInto('broker_target')
            .values({ id: newId(), name: target.name, kind: 'session-host', collection_id: id, endpoints, state })
            .execute();
        }
        return id;
      },
      later: (work) => undo.push(work),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
