import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from '@atelier/api';
import { type RunningServer, type ServerConfig, serverConfig, startServer } from '@atelier/server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { diskFolder, importDisk } from './lifecycle/disks.ts';
import { type Channel, enrollDevice, type FakeDevice } from './lifecycle/fake-device.ts';
import { endOf, type LifecycleServer, lifecycleServer, until } from './lifecycle/running-server.ts';
import { httpsTransport } from './lifecycle/transport.ts';

// Two servers over one database, one repository and the same keys, each with a name of its own: which of them is asked must not matter.

let first: LifecycleServer;
let second: RunningServer;
let stateDir: string;
let config: ServerConfig;
let there: Client;
let device: FakeDevice;
let channel: Channel;
let workspaceId: string;

beforeAll(async () => {
  first = await lifecycleServer();
  stateDir = await mkdtemp(join(tmpdir(), 'atelier-second-'));
  await cp(join(first.stateDir, 'keys'), join(stateDir, 'keys'), { recursive: true });
  // What several servers share: the disks on their way, and the repository.
  for (const folder of ['repository', 'drafts', 'packed']) {
    await mkdir(join(first.stateDir, folder), { recursive: true });
    await symlink(join(first.stateDir, folder), join(stateDir, folder));
  }
  const passwordFile = join(stateDir, 'mirror-password');
  await writeFile(passwordFile, 'reader:s3cret\n');
  config = serverConfig(
    { stateDir, databaseUrl: first.database.url, port: 0, logLevel: 'silent' },
    {
      ATELIER_REPOSITORY_URLS: 'https://cdn.example.org/atelier',
      ATELIER_REPOSITORY_AUTH: 'basic',
      ATELIER_REPOSITORY_PASSWORD_FILE: passwordFile,
    },
  );
  second = await startServer(config);
  expect(second.ca).toBe(first.server.ca);
  there = createClient(httpsTransport(second.url, { ca: second.ca, secret: first.secret }));
  await first.api.images.create({ body: { name: 'lab' } });
  workspaceId = (await first.api.workspaces.create({ body: { name: 'lab', image: 'lab', channel: 'stable' } })).id;
  await there.workspaces.assign({ params: { id: 'lab' }, body: { principal: { kind: 'group', id: 'everyone' } } });
  device = await enrollDevice(first);
  channel = await device.connect((command) =>
    command.kind === 'act' && command.action === 'stop' ? { code: 'workspace.wrong-state', detail: 'it is off' } : null,
  );
  await until(async () => (await there.endpoints.get({ params: { id: device.id } })).state === 'online');
});
afterAll(async () => {
  await second?.stop();
  await first?.stop();
  if (stateDir) await rm(stateDir, { recursive: true, force: true });
});

it('brings a command to an endpoint that is connected to the other server, and its answer back', async () => {
  const act = (action: 'start' | 'stop') =>
    there.my.command({ params: { workspaceId }, body: { endpointId: device.id, action } });
  await act('start');
  expect(channel.commands.at(-1)).toMatchObject({ kind: 'act', action: 'start', workspaceId });
  await expect(act('stop')).rejects.toMatchObject({ problem: { code: 'workspace.wrong-state', detail: 'it is off' } });
  expect(await first.database.db.selectFrom('endpoint_command').selectAll().execute()).toEqual([]);
});

it('gives endpoints the mirrors that any server was told, with the password sealed in the database', async () => {
  expect(await device.api.device.repository()).toMatchObject({
    baseUrls: ['https://cdn.example.org/atelier/'],
    headers: { authorization: `Basic ${Buffer.from('reader:s3cret').toString('base64')}` },
    useClientCertificate: false,
  });
  const rows = await first.database.db.selectFrom('secret').selectAll().execute();
  expect(rows.some((row) => row.ciphertext.includes('s3cret'))).toBe(false);
});

it('publishes on whichever server, one garbage collection at a time', async () => {
  const disks = await diskFolder();
  try {
    await importDisk(first.api, 'lab', await disks.raw('lab', { x: 'y' }), 'raw');
    for (const verb of ['pack', 'push'] as const) {
      const task = await endOf(there, await first.api.images[verb]({ params: { name: 'lab', number: 1 } }));
      expect(task).toMatchObject({ state: 'done', error: null });
    }
  } finally {
    await disks.remove();
  }
  const cleaned = await Promise.all(
    [first.api, there].map(async (api) => endOf(api, await api.images.gc({ body: {} }))),
  );
  expect(cleaned.map((task) => task.state)).toEqual(['done', 'done']);
  expect(await readdir(join(first.stateDir, 'repository'))).toContain('root.json');
});

it('closes the channel on the one when the endpoint is revoked on the other', async () => {
  await there.endpoints.revoke({ params: { id: device.id } });
  expect(await channel.closed).toBe(4001);
});
