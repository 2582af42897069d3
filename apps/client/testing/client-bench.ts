import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningClient, startClient } from '../start-client.ts';
import { type FakeMachines, fakeMachines } from './fake-machines.ts';
import { type FakeServer, startFakeServer } from './fake-server.ts';
import { eventually, type LocalClient, localClient } from './local-client.ts';
import { makeRepository } from './small-repository.ts';
import { testWorkspace } from './test-workspace.ts';

/** A client with a server and a repository with `versions` of `debian-lab`, for tests. Machines only pretend. */
export interface ClientBench {
  readonly folder: string;
  readonly stateDir: string;
  readonly server: FakeServer;
  readonly machines: FakeMachines;
  readonly base: Buffer;
  client: RunningClient;
  local: LocalClient;
  start(): Promise<void>;
  enrol(): Promise<void>;
  act(action: string, body?: { version?: number; password?: string }): Promise<unknown>;
  /** Codes of the events that the server has. */
  codes(): number[];
  close(): Promise<void>;
}

export async function openClientBench(versions = 1): Promise<ClientBench> {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-client-'));
  const base = randomBytes(400_000);
  const repository = await makeRepository(folder);
  for (let version = 1; version <= versions; version++) {
    const content = version === 1 ? base : Buffer.concat([base, randomBytes(50_000 * version)]);
    await repository.publish('debian-lab', version, content, version > 1 ? [version - 1] : []);
  }
  const server = await startFakeServer(repository.files, repository.rootText);
  server.workspaces = [testWorkspace()];
  const self: ClientBench = {
    folder,
    stateDir: join(folder, 'state'),
    server,
    machines: fakeMachines(),
    base,
    client: undefined as unknown as RunningClient,
    local: undefined as unknown as LocalClient,
    start: async () => {
      self.client = await startClient({ stateDir: self.stateDir, version: '0.1.0', machines: self.machines });
      self.local = localClient(self.client.socketPath);
    },
    enrol: async () => {
      await self.local.enroll({ body: { server: server.url, token: server.token, name: 'desk 1' } });
      await eventually(() => server.online, 'the channel stands');
      await self.local.signIn({ body: { name: 'anna', password: server.password } });
    },
    act: (action, body = {}) => self.local.act({ params: { name: 'lab', action }, body }),
    codes: () => [...server.events.values()].map(({ event }) => event.code),
    close: async () => {
      await self.client?.stop();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await self.start();
  return self;
}
