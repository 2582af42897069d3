import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The user that tests log on as: the one who runs them, since that needs no rights. */
export const user = userInfo().username;
export const password = 'Pässwort-1';

/** An agent as a process of its own, with a state folder that goes with it. */
export interface AgentProcess {
  readonly http: string;
  readonly https: string;
  readonly folder: string;
  readonly child: ChildProcess;
  /** Resident memory in bytes. */
  memory(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts one; `people` are passwords by name, or `pam` for the system's own. */
export async function startAgentProcess(
  people: Readonly<Record<string, string>> | 'pam' = { [user]: password },
  wishes: object = {},
  into?: string,
): Promise<AgentProcess> {
  const folder = into ?? (await mkdtemp(join(tmpdir(), 'atelier-agent-')));
  const program = join(import.meta.dirname, '../../apps/agent/testing/run-agent.ts');
  const given = people === 'pam' ? people : JSON.stringify(people);
  const child = spawn(process.execPath, [program, folder, given, JSON.stringify(wishes)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout! });
  const [line] = (await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => ['the agent ended'])])) as [
    string,
  ];
  if (!line.startsWith('ready ')) throw new Error(line);
  const ports = JSON.parse(line.slice(6)) as { http: number; https: number };
  return {
    http: `http://127.0.0.1:${ports.http}/wsman`,
    https: `https://127.0.0.1:${ports.https}/wsman`,
    folder,
    child,
    memory: async () => Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1024,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, 'exit');
        child.kill('SIGTERM');
        await gone;
      }
      if (!into) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Process ids whose command line holds `word`. */
export async function processesWith(word: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const line = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (line.includes(word)) found.push(Number(name));
  }
  return found;
}

/** Process ids of those whose parent is `parent`. */
export async function childrenOf(parent: number): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const line = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    if (Number(line.slice(line.lastIndexOf(')') + 2).split(' ')[1]) === parent) found.push(Number(name));
  }
  return found;
}

/** A port that is free at this moment. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port: free } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return free;
}
