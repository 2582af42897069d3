import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { enrollAgent } from '@atelier/agent';
import { childrenOf } from '../agent/agent-process.ts';
import { until } from '../server/caller.ts';
import type { BrokerLab } from './broker-lab.ts';
import type { XrdpHost } from './xrdp-host.ts';

const root = join(import.meta.dirname, '../..');

/** The agent of a host of the lab, enrolled with the lab's server, its hooks in the host's PAM. */
export interface HostAgent {
  readonly hostId: string;
  readonly stateFolder: string;
  /** What it told about its work so far. */
  said(): string;
  /** Runs a program on the host, as its root; gives its exit code and what it printed. */
  run(words: readonly string[], input?: string): Promise<{ readonly code: number; readonly output: string }>;
  /** Runs our command line there. */
  atelier(...words: readonly string[]): Promise<string>;
  /** As a crash does. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** Enrols a host and puts its hooks for desktop sessions in place; its agent is to be started, and ends with the lab. */
export async function enrollHostAgent(lab: BrokerLab, host: XrdpHost): Promise<HostAgent> {
  // Hosts have their own /tmp, /run and /var: this both sides see.
  const stateFolder = await mkdtemp('/dev/shm/atelier-host-agent-');
  lab.later(() => rm(stateFolder, { recursive: true, force: true }));
  const invited = await lab.owner.post('/api/v1/hosts/invitations', {});
  const { hostId } = await enrollAgent({
    stateFolder,
    server: lab.server.url,
    token: invited.body.token,
    name: host.name,
    address: `https://${host.address}:5986`,
    listen: { address: host.address, port: 5986 },
  });
  const [enter, ...into] = host.inside;
  const env = { ...process.env, ATELIER_AGENT_STATE: stateFolder };
  const run: HostAgent['run'] = async (words, input = '') => {
    const child = spawn(enter, [...into, ...words], { env, stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk;
      });
    child.stdin.on('error', () => {}).end(input);
    const [code] = await once(child, 'close');
    return { code: Number(code), output };
  };
  const atelier = async (...words: readonly string[]) => {
    const { code, output } = await run([process.execPath, join(root, 'apps/cli/main.ts'), ...words]);
    if (code !== 0) throw new Error(`atelier ${words.join(' ')}: ${output}`);
    return output;
  };
  // Into memory of its own: the rest of the disk is the real machine's.
  await atelier('agent', 'session-hook', 'install', '--yes', '--folder', '/run/atelier-hooks');
  let said = '';
  let running: ReturnType<typeof spawn> | null = null;
  const kill = async () => {
    const child = running;
    running = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    // What entered the namespaces waits there for the agent.
    const [agent] = await childrenOf(child.pid!);
    if (agent) process.kill(agent, 'SIGKILL');
    await gone;
  };
  const start = async () => {
    const program = [
      process.execPath,
      join(root, 'apps/agent/testing/run-agent.ts'),
      stateFolder,
      'pam',
      '{"log":true}',
    ];
    const child = spawn(enter, [...into, ...program], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    running = child;
    child.stderr.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-100_000);
    });
    let ready = false;
    createInterface({ input: child.stdout }).on('line', (line) => {
      ready ||= line.startsWith('ready ');
    });
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`the agent of ${host.name} ended: ${said}`);
      return ready;
    });
  };
  lab.later(kill);
  return { hostId, stateFolder, said: () => said, run, atelier, kill, start };
}
