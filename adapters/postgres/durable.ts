import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Makes the entries of a folder (files that were made, renamed or removed in it) survive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes every file and folder below `path` survive a power cut. */
export async function syncTree(path: string): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inside = join(path, entry.name);
    if (entry.isDirectory()) await syncTree(inside);
    else if (entry.isFile()) await syncFolder(inside);
  }
  await syncFolder(path);
}
