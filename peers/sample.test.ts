import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestDatabase, testDatabase } from '@atelier/adapters/postgres/testing';
import { type Client, createClient } from '@atelier/api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testCache } from './debian-sample.ts';
import { freePort, killableServer, type Running } from './lifecycle/killable-server.ts';
import { setUpOwner, signIn, until } from './lifecycle/running-server.ts';
import { httpsTransport } from './lifecycle/transport.ts';

// The sample of the first start, from Debian's packages, by a server that is killed on the way.

let database: TestDatabase;
let stateDir: string;
let port: number;
let server: Running;
let secret: string;
let api: Client;

const start = async () => {
  const sample = { ATELIER_SAMPLE: 'yes', ATELIER_SAMPLE_CACHE: testCache };
  server = await killableServer(stateDir, database.url, port, sample);
};
const sampleTasks = async () => (await api.tasks.list()).items.filter((task) => task.kind === 'sample.prepare');

beforeAll(async () => {
  [database, port] = await Promise.all([testDatabase(), freePort()]);
  stateDir = await mkdtemp(join(tmpdir(), 'atelier-sample-'));
  await start();
  await setUpOwner(server.url, server.ca, server.setupLink!);
  secret = await signIn(server.url, server.ca, 'owner');
  api = createClient(httpsTransport(server.url, { ca: server.ca, secret }));
});
afterAll(async () => {
  await server?.kill();
  await database?.close();
  if (stateDir) await rm(stateDir, { recursive: true, force: true });
});

it('is ready in the end, once, whenever the server died', async () => {
  // The download comes first and takes longest: what is killed are the steps after it.
  const under = async (progress: number) => {
    const [task] = await sampleTasks();
    if (task?.state === 'failed') throw new Error(`the sample failed: ${task.error?.detail}`);
    return task && (task.state === 'done' || (task.progress ?? 0) >= progress);
  };
  for (const progress of [0.6, 0.75]) {
    await until(() => under(progress), 480_000);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 2000));
    await server.kill();
    await start();
  }
  await until(() => under(2), 300_000);

  expect(await sampleTasks()).toMatchObject([{ state: 'done', error: null }]);
  expect((await api.images.list()).items).toMatchObject([
    { name: 'debian-lab', channels: [{ name: 'stable', version: 1 }], capabilities: ['guest-agent', 'data-disk'] },
  ]);
  const workspace = await api.workspaces.get({ params: { id: 'debian-lab' } });
  expect(workspace).toMatchObject({
    type: 'persistent',
    image: 'debian-lab',
    channel: 'stable',
    currentVersion: 1,
    assignmentCount: 1,
  });
  const { items } = await api.workspaces.listAssignments({ query: { workspace: 'debian-lab' } });
  expect(items.map((one) => one.principal.name)).toEqual(['everyone']);
  expect((await api.my.list()).items.map((one) => one.name)).toEqual(['debian-lab']);

  // Whoever deletes it does not get it back at the next start.
  await api.workspaces.remove({ params: { id: 'debian-lab' } });
  await server.kill();
  await start();
  expect(await sampleTasks()).toHaveLength(1);
  expect((await api.workspaces.list()).items).toEqual([]);
}, 900_000);
