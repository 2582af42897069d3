import { type FileHandle, mkdir, open, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { TrimError, trimIoError } from '@atelier/trim';

/**
 * The files of a transfer under way: the disk that grows, its journal, and one without a name for blocks that only other
 * blocks are made from.
 */
export type PartialDisk = {
  readonly diskPath: string;
  readonly journalPath: string;
  readonly disk: FileHandle;
  readonly journal: FileHandle;
  readonly spill: FileHandle;
  /** whether an earlier run left something */
  readonly resumed: boolean;
  readonly close: () => Promise<void>;
  readonly remove: () => Promise<void>;
};

/** Opens or creates the files of a transfer in `folder`; `name` stands for exactly one manifest. */
export async function openPartial(folder: string, name: string, size: number): Promise<PartialDisk> {
  const diskPath = join(folder, `${name}.part`);
  const journalPath = join(folder, `${name}.journal`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const resumed = (await stat(diskPath).catch(() => undefined))?.size === size;
    const disk = await open(diskPath, resumed ? 'r+' : 'w+', 0o600);
    if (!resumed) {
      await disk.truncate(size);
      await rm(journalPath, { force: true });
    }
    const journal = await open(journalPath, 'a', 0o600);
    const spillPath = join(folder, `${name}.spill`);
    const spill = await open(spillPath, 'w+', 0o600);
    await rm(spillPath);
    return {
      diskPath,
      journalPath,
      disk,
      journal,
      spill,
      resumed,
      close: async () => {
        await disk.close().catch(() => undefined);
        await journal.close().catch(() => undefined);
        await spill.close().catch(() => undefined);
      },
      remove: async () => {
        await rm(diskPath, { force: true });
        await rm(journalPath, { force: true });
      },
    };
  } catch (error) {
    throw trimIoError(error, 'the transfer cannot be kept on disk');
  }
}

/** Throws `trim.disk-full` unless the file system of `folder` has room for `bytes` more. */
export async function requireRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free < bytes)
    throw new TrimError(
      'trim.disk-full',
      `${folder} has ${Math.floor(free / 1e6)} MB free, the transfer needs ${Math.ceil(bytes / 1e6)} MB`,
    );
}
