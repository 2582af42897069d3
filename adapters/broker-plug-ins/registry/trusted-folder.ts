import { lstat, readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** Files that one plug-in may have: more is a mistake, such as a whole home directory. */
const mostFiles = 20_000;

const mine = (uid: number): boolean => uid === 0 || uid === process.getuid?.();

async function look(path: string, budget: { left: number }): Promise<void> {
  budget.left -= 1;
  if (budget.left < 0) throw new Error(`${path}: the plug-in has more than ${mostFiles} files`);
  const found = await lstat(path);
  if (found.isSymbolicLink())
    throw new Error(`${path} is a symbolic link, whose target could change: put the file there`);
  if (!mine(found.uid))
    throw new Error(`${path} belongs to another account, who could change what runs: chown it to root`);
  if (found.mode & 0o022) throw new Error(`${path} can be written by others: chmod -R go-w ${path}`);
  if (found.isDirectory()) for (const name of await readdir(path)) await look(join(path, name), budget);
}

/**
 * Throws unless all of a plug-in belongs to root or our own account and nobody else may write it. The folders above count too, but for those with the
 * sticky bit (such as /tmp), in which others cannot rename what is not theirs.
 */
export async function needTrusted(folder: string): Promise<void> {
  await look(folder, { left: mostFiles });
  for (let path = dirname(resolve(folder)); ; path = dirname(path)) {
    const found = await lstat(path);
    if (!mine(found.uid)) throw new Error(`${path} belongs to another account, who could replace the plug-in`);
    if (found.mode & 0o022 && !(found.mode & 0o1000))
      throw new Error(`${path} can be written by others, who could replace the plug-in: chmod go-w ${path}`);
    if (path === dirname(path)) return;
  }
}
