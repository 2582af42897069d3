import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startFakeServer } from '../apps/client/testing/fake-server.ts';
import { eventually, type LocalClient, localClient } from '../apps/client/testing/local-client.ts';
import { makeRepository } from '../apps/client/testing/small-repository.ts';
import { testWorkspace } from '../apps/client/testing/test-workspace.ts';
import { debianSampleV1 } from './debian-sample.ts';

// The daemon as a process of its own, killed at random moments of fetch, start and stop.

const bootMs = 240_000;
let folder: string;
let stateDir: string;
let sample: string;
let server: Awaited<ReturnType<typeof startFakeServer>>;
let daemon: ChildProcess | undefined;
let local: LocalClient;

const start = async () => {
  const program = join(import.meta.dirname, '..', 'apps', 'client', 'testing', 'run-client.ts');
  daemon = spawn(process.execPath, [program, stateDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(daemon.stdout!, 'data');
  const socket = /^ready (\S+)/.exec(String(line))?.[1];
  if (!socket) throw new Error(`the daemon said: ${line}`);
  local = localClient(socket);
};
const kill = async () => {
  const gone = once(daemon!, 'exit');
  daemon!.kill('SIGKILL');
  await gone;
};
const act = (action: string) => local.act({ params: { name: 'lab', action }, body: {} });
const workspace = async () => (await local.status()).workspaces[0]!;
const until = (...states: string[]) =>
  eventually(async () => states.includes((await workspace()).state) && (await workspace()), workspace, bootMs);
const digest = async (path: string) => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
};
const toRunning = async () => {
  if ((await until('ready', 'suspended', 'running', 'crashed')).state !== 'running') await act('start');
  await until('running');
};
/** Process ids of the QEMUs that belong to this test. */
const machines = async (): Promise<number[]> => {
  const found: number[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.startsWith('qemu-system') && line.includes(stateDir)) found.push(Number(pid));
  }
  return found;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atk-'));
  stateDir = join(folder, 's');
  sample = await debianSampleV1();
  const repository = await makeRepository(folder);
  await repository.publishFile('debian-lab', 1, sample);
  server = await startFakeServer(repository.files, repository.rootText);
  // Slow enough that the first kills hit the transfer.
  server.workspaces = [testWorkspace({}, { bandwidthKiBps: 20_000 })];
  await start();
  await local.enroll({ body: { server: server.url, token: server.token } });
  await local.signIn({ body: { name: 'anna', password: server.password } });
}, 900_000);

afterAll(async () => {
  daemon?.kill('SIGKILL');
  for (const pid of await machines()) process.kill(pid, 'SIGKILL');
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

it('is never broken by kill -9 at ten random moments', { timeout: 1_500_000 }, async () => {
  const seen: string[] = [];
  /** What is under way, and for how many milliseconds at most, when the daemon is killed. */
  const moments = [
    ...Array(4).fill(['start', 4000]),
    ...Array(3).fill(['start', 12_000]),
    ['stop', 5000],
    ['suspend', 2500],
    ['resume', 2500],
  ] as readonly (readonly [string, number])[];
  for (const [what, most] of moments) {
    if (what !== 'start') {
      const stopAction = what === 'stop' ? 'shutdown' : 'snapshot';
      server.workspaces = [testWorkspace({}, {}, { stopAction })];
      await eventually(
        () =>
          local.refresh().then(
            () => true,
            () => false,
          ),
        'the policy',
      );
    }
    if (what === 'stop' || what === 'suspend') {
      await toRunning();
      await act('stop');
    } else if (what === 'resume') {
      await toRunning();
      await act('stop');
      await until('suspended');
      await act('start');
    } else {
      const { state } = await until('assigned', 'transferring', 'starting', 'running', 'ready', 'crashed');
      if (state !== 'transferring' && state !== 'starting' && state !== 'running') await act('start');
    }
    await sleep(Math.random() * most);
    seen.push((await workspace()).state);
    await kill();
    expect((await machines()).length).toBeLessThanOrEqual(1);
    await start();
  }
  console.log(`killed while: ${seen.join(', ')}`);

  server.workspaces = [testWorkspace()];
  await toRunning();
  await local.refresh();
  expect(await machines()).toHaveLength(1);
  await act('stop');
  await until('ready');
  expect(await machines()).toHaveLength(0);
  expect(await digest(join(stateDir, 'images', 'debian-lab', '1.raw'))).toBe(await digest(sample));
  const overlay = join(stateDir, 'instances', server.userId, testWorkspace().workspaceId, 'overlay-1.qcow2');
  execFileSync('qemu-img', ['check', '-q', overlay]);

  await eventually(async () => {
    await local.refresh();
    return (await local.status()).queuedEvents === 0;
  }, 'all events are delivered');
  const sequences = [...server.events.keys()].sort((a, b) => a - b);
  expect(sequences).toEqual(sequences.map((_, index) => index + 1));
  expect([...server.events.values()].filter(({ event }) => event.code === 1004).length).toBe(10);
});
