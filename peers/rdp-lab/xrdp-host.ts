import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { LabNetwork } from './network.ts';

/** A machine with xrdp, whose desktop has a colour of its own. */
export interface XrdpHost {
  readonly name: string;
  readonly address: string;
  /** In IPv6; null: its network has none. */
  readonly address6: string | null;
  /** 0xRRGGBB. */
  readonly colour: number;
  /** What a command begins with that is run on it. */
  readonly inside: readonly [string, ...string[]];
  /** As if somebody pulled the plug. */
  kill(): Promise<void>;
  /** Every process stops where it stands; the kernel goes on taking connections. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** A file as it is seen there. */
  read(path: string): Promise<string>;
}

const answers = (address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(3389, address);
    const end = (ok: boolean) => {
      socket.destroy();
      resolve(ok);
    };
    socket.setTimeout(1000, () => end(false));
    socket.on('connect', () => end(true)).on('error', () => end(false));
  });

/** Starts one, and waits until it listens. */
export async function startXrdpHost(
  network: LabNetwork,
  given: {
    readonly name: string;
    readonly colour: number;
    readonly password: string;
    readonly users: readonly string[];
    /** How long it takes from power to the session manager's start; default none. */
    readonly bootSeconds?: number;
  },
): Promise<XrdpHost> {
  const { namespace, address, address6 } = await network.addMachine();
  const colour = `#${given.colour.toString(16).padStart(6, '0')}`;
  const isolated = ['--mount', '--pid', '--fork', '--uts', '--ipc', '--kill-child', '--mount-proc'];
  const script = join(import.meta.dirname, 'host-init.sh');
  const words = ['netns', 'exec', namespace, 'unshare', ...isolated, '--', 'bash', script];
  const host = spawn('ip', [...words, given.name, colour, given.password, ...given.users], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, BOOT_SECONDS: String(given.bootSeconds ?? 0) },
  });
  let said = '';
  host.stderr.on('data', (chunk) => {
    said = `${said}${chunk}`.slice(-2000);
  });
  const ended = once(host, 'exit');
  const kill = async () => {
    host.kill('SIGKILL');
    await ended;
  };
  for (
    const until = Date.now() + (given.bootSeconds ?? 0) * 1000 + 45_000;
    !(await answers(address));
    await pause(50)
  ) {
    if (host.exitCode === null && host.signalCode === null && Date.now() < until) continue;
    await kill();
    throw new Error(`the host ${given.name} did not start: ${said}`);
  }
  const signalAll = async (signal: NodeJS.Signals) => {
    for (const pid of await inside(host)) process.kill(pid, signal);
  };
  const first = (await readFile(`/proc/${host.pid}/task/${host.pid}/children`, 'utf8')).trim();
  return {
    name: given.name,
    address,
    address6,
    inside: ['nsenter', '--target', first, '--mount', '--pid', '--net', '--uts', '--ipc', '--'],
    colour: given.colour,
    kill,
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
    read: (path) => readFile(`/proc/${first}/root${path}`, 'utf8'),
  };
}

/** The processes in the host's PID namespace; the first is `unshare`'s child. */
async function inside(host: ChildProcess): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const namespaceOf = (pid: string, kind: string) => readlink(`/proc/${pid}/ns/${kind}`).catch(() => '');
  const theirs = await namespaceOf(String(host.pid), 'pid_for_children');
  const found: number[] = [];
  for (const pid of pids) if ((await namespaceOf(pid, 'pid')) === theirs) found.push(Number(pid));
  return found;
}
