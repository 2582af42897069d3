import { copyFile, mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { mostFiles } from './trusted-folder.ts';

const largest = 1024 ** 3;

interface Copying {
  readonly root: string;
  files: number;
  bytes: number;
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  await file.sync().finally(() => file.close());
}

/** Copies a file or a folder; links become what they lead to, which must lie within the plug-in. The copy is for its owner alone to write. */
async function copy(from: string, to: string, all: Copying): Promise<void> {
  if (relative(all.root, await realpath(from)).startsWith('..'))
    throw new Error(`${from} leads out of the plug-in: put the file itself there`);
  const found = await stat(from);
  all.files += 1;
  all.bytes += found.isFile() ? found.size : 0;
  if (all.files > mostFiles || all.bytes > largest)
    throw new Error(`${all.root} is no plug-in: it has more than ${mostFiles} files or 1 GiB`);
  if (found.isDirectory()) {
    await mkdir(to, { mode: 0o755 });
    for (const name of await readdir(from)) await copy(join(from, name), join(to, name), all);
  } else if (found.isFile()) await copyFile(from, to);
  else throw new Error(`${from} is neither file nor folder`);
  const made = await open(to, 'r');
  try {
    await made.chmod(found.isDirectory() ? 0o755 : found.mode & 0o755);
    await made.sync();
  } finally {
    await made.close();
  }
}

/**
 * Puts a copy of a plug-in's folder to `to`, wholly or not at all: it is made beside, judged there by `judge` (which throws when it is not to be
 * had: what was judged is what will run), and renamed. Throws when `to` is there already.
 */
export async function putInPlace(from: string, to: string, judge: (copy: string) => Promise<void>): Promise<void> {
  const place = dirname(to);
  await mkdir(place, { recursive: true, mode: 0o755 });
  if (await stat(to).catch(() => null)) throw new Error(`${to} is there already`);
  // A name with a dot is never loaded. A copy that was broken off earlier is of no use.
  const beside = join(place, `.${relative(place, to)}.new`);
  await rm(beside, { recursive: true, force: true });
  try {
    await copy(from, beside, { root: await realpath(from), files: 0, bytes: 0 });
    await judge(beside);
    await rename(beside, to);
    await sync(place);
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    throw error;
  }
}

/** Takes a plug-in away. It is renamed first, so that half of one is never loaded. */
export async function takeAway(path: string): Promise<void> {
  const beside = join(dirname(path), `.${relative(dirname(path), path)}.old`);
  await rm(beside, { recursive: true, force: true });
  await rename(path, beside);
  await sync(dirname(path));
  await rm(beside, { recursive: true, force: true });
}
