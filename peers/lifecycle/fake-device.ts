import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChannelCommand, type Client, createClient, type Enrolled, type InstanceReport } from '@atelier/api';
import { WebSocket } from 'ws';
import type { LifecycleServer } from './running-server.ts';
import { httpsTransport } from './transport.ts';

/** A key and a signing request for it, PEM, as OpenSSL makes them. */
export function signingRequest(): { readonly key: string; readonly csr: string } {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-csr-'));
  const [key, csr] = [join(folder, 'key.pem'), join(folder, 'csr.pem')];
  try {
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const files = ['-keyout', key, '-out', csr];
    execFileSync('openssl', ['req', '-new', ...curve, ...files, '-subj', '/CN=a test'], { stdio: 'ignore' });
    return { key: readFileSync(key, 'utf8'), csr: readFileSync(csr, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const facts = {
  name: 'bench-1',
  os: 'Debian 12',
  ramMiB: 8192,
  accelerator: 'tcg',
  clientVersion: '0.1.0',
} as const;

/** An endpoint made of ws and node:https only. */
export interface FakeDevice {
  readonly id: string;
  readonly key: string;
  readonly enrolled: Enrolled;
  readonly api: Client;
  /** Opens its channel and says hello; `answer` decides on each command (null: all well). */
  connect(answer?: (command: ChannelCommand) => { code: string; detail: string } | null): Promise<Channel>;
  socket(path: string): WebSocket;
}

export interface Channel {
  readonly socket: WebSocket;
  readonly commands: ChannelCommand[];
  report(instances: readonly InstanceReport[]): void;
  /** Settles with the close code. */
  readonly closed: Promise<number>;
  close(): Promise<void>;
}

/** Enrols a computer with a fresh token. */
export async function enrollDevice(given: LifecycleServer, name: string = facts.name): Promise<FakeDevice> {
  const { url, ca } = given.server;
  const { token } = await given.api.endpoints.createToken({ body: {} });
  const { key, csr } = signingRequest();
  const stranger = createClient(httpsTransport(url, { ca }));
  const enrolled = await stranger.device.enroll({ body: { token, csr, facts: { ...facts, name } } });
  const certificate = { cert: enrolled.certificate, key };
  const socket = (path: string) => new WebSocket(new URL(path, url.replace('https', 'wss')), { ca, ...certificate });
  return {
    id: enrolled.endpointId,
    key,
    enrolled,
    api: createClient(httpsTransport(url, { ca, certificate })),
    socket,
    connect: (answer = () => null) => openChannel(socket('/api/v1/device/channel'), answer),
  };
}

async function openChannel(
  socket: WebSocket,
  answer: (command: ChannelCommand) => { code: string; detail: string } | null,
): Promise<Channel> {
  const commands: ChannelCommand[] = [];
  const say = (message: unknown) => socket.send(JSON.stringify(message));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  socket.on('message', (data) => {
    const command = JSON.parse(String(data)) as ChannelCommand;
    commands.push(command);
    const error = answer(command);
    say({ kind: 'answer', id: command.id, ok: error === null, error });
  });
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
  say({ kind: 'hello', facts, clientTime: new Date().toISOString() });
  return {
    socket,
    commands,
    closed,
    report: (instances) => say({ kind: 'instances', instances }),
    close: async () => {
      socket.close();
      await closed;
    },
  };
}

/** A report of an instance that just runs. */
export const running = (workspaceId: string, userId: string, more: Partial<InstanceReport> = {}): InstanceReport => ({
  workspaceId,
  userId,
  state: 'running',
  version: 1,
  stagedVersion: null,
  updateAvailable: null,
  localVersions: [1],
  policyRevision: 1,
  guestAgent: true,
  screen: true,
  transfer: null,
  error: null,
  startedAt: new Date().toISOString(),
  ...more,
});
