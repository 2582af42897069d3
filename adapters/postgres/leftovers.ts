import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A new name for work in progress, `<word>-<process id>-<random>`, that {@link removeLeftovers} knows again. */
export const workName = (word: string): string => `${word}-${process.pid}-${randomBytes(4).toString('hex')}`;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Removes from `folder` what processes that were killed left under names that {@link workName} made. */
export async function removeLeftovers(folder: string, word: string): Promise<void> {
  const form = new RegExp(`^${RegExp.escape(word)}-(\\d+)-[0-9a-f]{8}$`);
  for (const name of await readdir(folder)) {
    const pid = form.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(folder, name), { recursive: true, force: true });
  }
}
