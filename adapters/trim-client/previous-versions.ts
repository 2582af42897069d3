import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import { freeBuffer } from '@atelier/adapters/thread-pool';
import { decodeLocalIndex, type LocalHead, type LocalIndex, readLocalHead, TrimError } from '@atelier/trim';
import type { PreviousVersion } from './fetch-types.ts';

/** A version at hand. The digests of its blocks stay in its index file: most of them are never asked for. */
export type OpenedVersion = LocalHead & { readonly file: FileHandle; readonly indexPath: string };

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
  const local = await readHead(indexPath).catch(() => undefined);
  if (!local) return undefined;
  const file = await open(diskPath, 'r').catch(() => undefined);
  return file && { ...local, file, indexPath };
}

async function readHead(path: string): Promise<LocalHead> {
  const file = await open(path, 'r');
  try {
    return await readLocalHead((await file.stat()).size, (at, length) => readExactly(file, at, length));
  } finally {
    await file.close();
  }
}

/** `length` bytes of a file from `at` on, in memory of their own. Throws `trim.format` when it ends before. */
export async function readExactly(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, at + done);
    if (bytesRead === 0) throw new TrimError('trim.format', 'the file is cut off');
    done += bytesRead;
  }
  return bytes;
}

/** The index that `fetchVersion` left beside a disk. Throws `trim.format`, `trim.limits`, or the file system's error. */
export async function readLocalIndex(path: string): Promise<LocalIndex> {
  const { size } = await stat(path);
  if (size > indexLimit) throw new TrimError('trim.limits', `${path} has ${size} bytes`);
  const bytes = await readFile(path);
  try {
    return decodeLocalIndex(bytes);
  } finally {
    freeBuffer(bytes);
  }
}
