import type { Stats } from 'node:fs';
import { lstat, readdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Files that one plug-in may have: more is a mistake, such as a whole home directory. */
export const mostFiles = 20_000;

const ours = (found: Stats): boolean => found.uid === 0 || found.uid === process.getuid?.();

async function needTrustedWithin(path: string, budget: { left: number }): Promise<void> {
  const found = await lstat(path);
  if (!found.isDirectory() && !found.isFile())
    throw new Error(`${path} is neither file nor folder: put a file there (links could change where they lead)`);
  if (!ours(found))
    throw new Error(`${path} belongs to another account, who could change what runs: chown -R root ${path}`);
  if (found.mode & 0o022) throw new Error(`${path} can be written by others: chmod -R go-w ${path}`);
  budget.left -= 1;
  if (budget.left < 0) throw new Error(`${path}: the plug-in has more than ${mostFiles} files`);
  if (found.isDirectory()) for (const name of await readdir(path)) await needTrustedWithin(join(path, name), budget);
}

/**
 * The real path of a plug-in's folder. Throws unless all of it belongs to root or this process's own account and nobody else may write it, as sudo asks
 * of its files. It is looked at from the root of the file system downwards: once a folder is known to be safe, nobody else can change what is in it
 * between this and its use. Folders above may be everybody's when they are sticky (such as /tmp): others cannot rename there what is not theirs.
 */
export async function trustedFolder(folder: string): Promise<string> {
  const real = await realpath(folder);
  const above: string[] = [];
  for (let path = dirname(real); !above.includes(path); path = dirname(path)) above.unshift(path);
  for (const path of above) {
    const found = await lstat(path);
    if (!found.isDirectory()) throw new Error(`${path} changed while it was looked at`);
    if (!ours(found))
      throw new Error(`${path} belongs to another account, who could replace the plug-in: chown root ${path}`);
    if (found.mode & 0o022 && !(found.mode & 0o1000))
      throw new Error(`${path} can be written by others, who could replace the plug-in: chmod go-w ${path}`);
  }
  await needTrustedWithin(real, { left: mostFiles });
  return real;
}
