import { readdir, readFile, readlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** What the lock file `postmaster.pid` of a data folder says. */
export interface PostmasterLock {
  readonly text: string;
  readonly pid: number;
  /** `starting`, `ready`, `stopping`, or empty. */
  readonly status: string;
}

/** Reads `postmaster.pid`; undefined when there is none. */
export async function readPostmasterLock(data: string): Promise<PostmasterLock | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  return { text, pid: Number(lines[0]), status: lines[7]?.trim() ?? '' };
}

/** The processes that work in the data folder: every process of PostgreSQL has it as its current folder. */
async function processesIn(data: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const folder = await readlink(`/proc/${name}/cwd`).catch(() => undefined);
    if (folder === data) found.push(Number(name));
  }
  return found;
}

/**
 * Looks at the lock that kept PostgreSQL from starting.
 * - `stale`: nobody works in the folder, though the lock's process id is taken (by a zombie, or after a restart of the
 *   machine by a stranger, for which PostgreSQL itself would refuse for ever); the lock was removed.
 * - `leaving`: its processes are on their way out: try again.
 * - `held`: a postmaster is at work there.
 */
export async function examineLock(data: string): Promise<'stale' | 'leaving' | 'held'> {
  const lock = await readPostmasterLock(data);
  const at = await processesIn(data);
  if (at.length === 0) {
    const again = await readPostmasterLock(data);
    if (lock !== undefined && again?.text === lock.text) await unlink(join(data, 'postmaster.pid')).catch(() => {});
    return 'stale';
  }
  return lock !== undefined && at.includes(lock.pid) && lock.status !== 'stopping' ? 'held' : 'leaving';
}
