import { readFile } from 'node:fs/promises';

/** Which process a number means: numbers are used again, a number with its start time is not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot (/proc/<pid>/stat, field 22). */
  readonly startTime: string;
}

/** The living process of this number, or undefined when there is none (a zombie is none). */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // the second field is the name in parentheses and may hold anything
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const startTime = fields[19];
    return fields[0] === 'Z' || fields[0] === 'X' || startTime === undefined ? undefined : { pid, startTime };
  } catch {
    return undefined;
  }
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return (await identifyProcess(identity.pid))?.startTime === identity.startTime;
}

/**
 * The QEMU that was started with this pid file, if it lives. The pid file alone proves nothing (the number may be another
 * program's by now): the process must also name this very pid file in its arguments.
 */
export async function findQemu(pidFile: string): Promise<ProcessIdentity | undefined> {
  const pid = Number.parseInt(await readFile(pidFile, 'utf8').catch(() => ''), 10);
  if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
  const identity = await identifyProcess(pid);
  if (!identity) return undefined;
  const args = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
  return args.includes(pidFile) ? identity : undefined;
}
