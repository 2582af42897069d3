import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestDatabase, testDatabase } from '@atelier/adapters/postgres/testing';
import { type Client, createClient, type Task } from '@atelier/api';
import { type RunningServer, serverConfig, startServer } from '@atelier/server';
import { httpsTransport } from './transport.ts';

export const password = 'correct horse battery staple';

/** A server on a PostgreSQL of its own, with a signed-in owner who calls it by the typed client. */
export interface LifecycleServer {
  readonly server: RunningServer;
  readonly database: TestDatabase;
  readonly stateDir: string;
  readonly api: Client;
  readonly secret: string;
  /** Makes a user and signs them in. */
  person(name: string): Promise<{ readonly id: string; readonly api: Client; readonly secret: string }>;
  stop(): Promise<void>;
}

/** Signs somebody in; gives the secret of the session. */
export async function signIn(url: string, ca: string, name: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ name, password });
  const answer = await httpsTransport(url, { ca })({ method: 'POST', path: '/api/v1/session', headers, body });
  const { secret } = (await answer.json()) as { secret?: string };
  if (!secret) throw new Error(`${name} could not sign in`);
  return secret;
}

/** Makes the first administrator by the set-up link. */
export async function setUpOwner(url: string, ca: string, setupLink: string): Promise<void> {
  const token = setupLink.split('token=')[1];
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ token, name: 'owner', password });
  const answer = await httpsTransport(url, { ca })({ method: 'POST', path: '/api/v1/setup', headers, body });
  if (answer.status !== 201) throw new Error(`set-up failed: ${JSON.stringify(await answer.json())}`);
}

export async function lifecycleServer(): Promise<LifecycleServer> {
  const database = await testDatabase();
  const stateDir = await mkdtemp(join(tmpdir(), 'atelier-life-'));
  const config = serverConfig({ stateDir, databaseUrl: database.url, port: 0, logLevel: 'silent' }, {});
  const server = await startServer(config);
  const { url, ca } = server;
  await setUpOwner(url, ca, server.setupLink!);
  const apiOf = (secret: string) => createClient(httpsTransport(url, { ca, secret }));
  const secret = await signIn(url, ca, 'owner');
  const api = apiOf(secret);
  return {
    server,
    database,
    stateDir,
    api,
    secret,
    async person(name) {
      const { id } = await api.people.createUser({ body: { name, password } });
      const own = await signIn(url, ca, name);
      return { id, api: apiOf(own), secret: own };
    },
    async stop() {
      await server.stop();
      await database.close();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

/** Waits for the end of a task, whatever it is. */
export async function endOf(api: Client, { taskId }: { readonly taskId: string }): Promise<Task> {
  return await until(async () => {
    const task = await api.tasks.get({ params: { id: taskId } });
    return ['done', 'failed', 'cancelled'].includes(task.state) && task;
  }, 120_000);
}

/** Asks again until `look` gives something. */
export async function until<Value>(
  look: () => Promise<Value | false | undefined> | Value | false | undefined,
  ms = 20_000,
): Promise<Value> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`it did not happen within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
