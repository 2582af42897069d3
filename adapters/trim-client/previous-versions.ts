import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import { buffersUsed } from '@atelier/adapters/thread-pool';
import { decodeLocalIndex, type LocalIndex, TrimError } from '@atelier/trim';
import type { PreviousVersion } from './fetch-types.ts';

export type OpenedVersion = LocalIndex & { readonly file: FileHandle };

const indexLimit = 4 * 2 ** 30;

/**
 * Opens the disks of versions that are at hand. One that is missing or whose index is damaged is left out: it is only a
 * source, and everything that it lends is verified.
 */
export async function openPrevious(versions: readonly PreviousVersion[]): Promise<readonly OpenedVersion[]> {
  const opened: OpenedVersion[] = [];
  for (const version of versions) {
    const found = await openOne(version);
    if (found) opened.push(found);
  }
  return opened;
}

async function openOne({ diskPath, indexPath }: PreviousVersion): Promise<OpenedVersion | undefined> {
  const local = await readLocalIndex(indexPath).catch(() => undefined);
  if (!local) return undefined;
  const file = await open(diskPath, 'r').catch(() => undefined);
  return file && { ...local, file };
}

/** The index that `fetchVersion` left beside a disk. Throws `trim.format`, `trim.limits`, or the file system's error. */
export async function readLocalIndex(path: string): Promise<LocalIndex> {
  const { size } = await stat(path);
  if (size > indexLimit) throw new TrimError('trim.limits', `${path} has ${size} bytes`);
  const index = decodeLocalIndex(await readFile(path));
  buffersUsed(size * 2);
  return index;
}
