import { randomUUID } from 'node:crypto';
import { type FileHandle, link, mkdir, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TrimError } from '@atelier/trim';
import type { RepositoryStore, StoreBody, StoreEntry } from './repository-store.ts';

const spoolName = '.spool';

/**
 * A repository in a folder, ready to be served by any web server. Files are written beside (in `.spool`), synced, put in
 * place in one step, and their folder synced. The folder is made when needed.
 */
export async function fileSystemStore(folder: string): Promise<RepositoryStore> {
  const spoolFolder = join(folder, spoolName);
  await mkdir(spoolFolder, { recursive: true });

  const place = (path: string) => {
    if (!/^[a-z0-9._-]+(\/[a-z0-9._-]+)*$/.test(path) || path.includes('..') || path.startsWith(spoolName))
      throw new TrimError('trim.name', `not a path of a repository: ${path.slice(0, 100)}`);
    return join(folder, path);
  };
  const settle = async (path: string, body: StoreBody) => {
    const target = place(path);
    const spooled = body instanceof Uint8Array ? join(spoolFolder, randomUUID()) : body.spoolFile;
    const file = await open(spooled, body instanceof Uint8Array ? 'wx' : 'r+', 0o644);
    try {
      if (body instanceof Uint8Array) await file.writeFile(body);
      await file.sync();
    } finally {
      await file.close();
    }
    await mkdir(dirname(target), { recursive: true });
    return { target, spooled };
  };

  return {
    spoolFolder,
    async read(path, limit) {
      const file = await openIfThere(place(path));
      if (!file) return undefined;
      try {
        const { size } = await file.stat();
        if (size > limit) throw new TrimError('trim.limits', `${path} has ${size} bytes, ${limit} are allowed`);
        return await file.readFile();
      } finally {
        await file.close();
      }
    },
    async readRange(path, offset, length) {
      const file = await openIfThere(place(path));
      if (!file) throw new TrimError('trim.not-found', `${path} is not in the repository`);
      try {
        const bytes = new Uint8Array(length);
        let done = 0;
        while (done < length) {
          const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
          if (bytesRead === 0) throw new TrimError('trim.format', `${path} ends before byte ${offset + length}`);
          done += bytesRead;
        }
        return bytes;
      } finally {
        await file.close();
      }
    },
    async writeImmutable(path, body) {
      const { target, spooled } = await settle(path, body);
      try {
        // link, not rename: it refuses to replace what another writer has put there
        await link(spooled, target);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        return false;
      } finally {
        await unlink(spooled);
      }
      await syncFolder(dirname(target));
      return true;
    },
    async replace(path, body) {
      const { target, spooled } = await settle(path, body);
      await rename(spooled, target);
      await syncFolder(dirname(target));
    },
    async *list(prefix) {
      yield* walk(folder, prefix === '' ? '' : prefix.replace(/\/$/, ''));
    },
    async remove(path) {
      const target = place(path);
      await rm(target, { force: true });
      await syncFolder(dirname(target)).catch(() => undefined);
    },
    async stat(path) {
      const found = await stat(place(path)).catch(ifMissing);
      return found?.isFile() ? { path, size: found.size, modified: found.mtimeMs } : undefined;
    },
  };
}

async function* walk(folder: string, path: string): AsyncIterable<StoreEntry> {
  const entries = await readdir(join(folder, path), { withFileTypes: true }).catch(ifMissing);
  for (const entry of entries ?? []) {
    const inner = path === '' ? entry.name : `${path}/${entry.name}`;
    if (inner === spoolName) continue;
    if (entry.isDirectory()) yield* walk(folder, inner);
    else {
      const found = await stat(join(folder, inner)).catch(ifMissing);
      if (found?.isFile()) yield { path: inner, size: found.size, modified: found.mtimeMs };
    }
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  return open(path, 'r').catch(ifMissing);
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
