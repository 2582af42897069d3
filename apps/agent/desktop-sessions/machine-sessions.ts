import { readdir, readFile, stat } from 'node:fs/promises';
import { runProgram } from '../accounts/run-program.ts';
import { displayOf } from './noted-sessions.ts';

/** A desktop session that is here now. */
export interface MachineSession {
  readonly user: string;
  readonly hostSessionId: string;
  /** Whether a client is attached. */
  readonly state: 'active' | 'disconnected';
}

const servers = new Set(['Xorg', 'Xvnc', 'Xtigervnc']);
const read = (path: string) => readFile(path, 'latin1').catch(() => '');

/** Displays whose X server has a client of xrdp: its module's socket (xorgxrdp), or its VNC port. */
export function attachedDisplays(unixSockets: string, tcpSockets: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const line of unixSockets.split('\n')) {
    const [, , , , , state, , path = ''] = line.trim().split(/\s+/);
    // 03: connected; the one that listens is 01.
    const number = /\/xrdp_display_(\d+)$/.exec(path)?.[1];
    if (state === '03' && number !== undefined) found.add(`:${number}`);
  }
  for (const line of tcpSockets.split('\n')) {
    const [, local = '', , state] = line.trim().split(/\s+/);
    const port = Number.parseInt(local.split(':')[1] ?? '', 16);
    if (state === '01' && port > 5900 && port < 7000) found.add(`:${port - 5900}`);
  }
  return found;
}

/** Names of accounts by their number, asked once each. */
const names = new Map<number, string>();
async function nameOf(uid: number): Promise<string | null> {
  const known = names.get(uid);
  if (known !== undefined) return known;
  const { code, output } = await runProgram(['getent', 'passwd', String(uid)]);
  const name = output.split(':')[0];
  if (code !== 0 || !name) return null;
  if (names.size > 10_000) names.clear();
  names.set(uid, name);
  return name;
}

/** Whether xrdp's session manager started this process. */
async function isOfSesman(pid: string): Promise<boolean> {
  const line = await read(`/proc/${pid}/stat`);
  const parent = line.slice(line.lastIndexOf(')') + 2).split(' ')[1];
  if (!parent) return false;
  if ((await read(`/proc/${parent}/comm`)).trim() === 'xrdp-sesman') return true;
  return (await read(`/proc/${pid}/environ`)).split('\0').some((one) => one.startsWith('XRDP_SESSION='));
}

/** The sessions of xrdp that this machine has: the X servers that its session manager started. */
export async function xrdpSessions(): Promise<readonly MachineSession[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found: MachineSession[] = [];
  let attached: ReadonlySet<string> | null = null;
  for (const pid of pids) {
    if (!servers.has((await read(`/proc/${pid}/comm`)).trim()) || !(await isOfSesman(pid))) continue;
    const display = (await read(`/proc/${pid}/cmdline`)).split('\0').find((word) => /^:\d{1,5}$/.test(word));
    const owner = await stat(`/proc/${pid}`).catch(() => null);
    const user = owner && (await nameOf(owner.uid));
    if (display === undefined || !user) continue;
    attached ??= attachedDisplays(
      await read('/proc/net/unix'),
      `${await read('/proc/net/tcp')}\n${await read('/proc/net/tcp6')}`,
    );
    found.push({ user, hostSessionId: displayOf(display), state: attached.has(display) ? 'active' : 'disconnected' });
  }
  return found;
}
