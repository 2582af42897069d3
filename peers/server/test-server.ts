import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestDatabase, testDatabase } from '@atelier/adapters/postgres/testing';
import { type RunningServer, type StartOptions, serverConfig, startServer } from '@atelier/server';
import { Caller } from './caller.ts';

/** A server on a real PostgreSQL of its own, with an owner who is signed in. */
export interface TestServer {
  readonly server: RunningServer;
  readonly database: TestDatabase;
  readonly stateDir: string;
  readonly anonymous: Caller;
  readonly owner: Caller;
  /** Makes a user with a password and gives a caller who is signed in as them. */
  person(name: string): Promise<{ readonly id: string; readonly name: string; readonly caller: Caller }>;
  stop(): Promise<void>;
}

export const password = 'correct horse battery staple';

/** Starts it; `more` adds capabilities for the test. */
export async function testServer(more: StartOptions['more'] = {}): Promise<TestServer> {
  const database = await testDatabase();
  const stateDir = await mkdtemp(join(tmpdir(), 'atelier-server-'));
  const config = serverConfig({ stateDir, databaseUrl: database.url, port: 0, logLevel: 'silent' }, {});
  const server = await startServer(config, { more });
  const anonymous = new Caller(server.url, server.ca);
  const token = server.setupLink!.split('token=')[1];
  const made = await anonymous.post('/api/v1/setup', { token, name: 'owner', password });
  if (made.status !== 201) throw new Error(`set-up failed: ${made.text}`);
  const signIn = async (name: string) => {
    const { body } = await anonymous.post('/api/v1/session', { name, password });
    return anonymous.bearer(body.secret);
  };
  const owner = await signIn('owner');
  return {
    server,
    database,
    stateDir,
    anonymous,
    owner,
    async person(name) {
      const user = await owner.post('/api/v1/users', { name, password });
      if (user.status !== 201) throw new Error(`no user ${name}: ${user.text}`);
      return { id: user.body.id, name, caller: await signIn(name) };
    },
    async stop() {
      await server.stop();
      await database.close();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
