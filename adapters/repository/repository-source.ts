import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isName, parseRepositoryPath, TrimError } from '@atelier/trim';

/** A repository that is only read: what a mirror copies from, and what a repair takes good files from. */
export type RepositorySource = {
  /** folder or address, for people */
  readonly address: string;
  /** The whole file, or undefined when there is none. Throws `trim.limits` when it has more than `limit` bytes. */
  readonly read: (path: string, limit: number, signal?: AbortSignal) => Promise<Uint8Array | undefined>;
  /** The file's bytes from `offset` on. Throws `trim.not-found` when there is none. */
  readonly stream: (path: string, offset: number, signal?: AbortSignal) => AsyncIterable<Uint8Array>;
  /** What is there; absent where it cannot be listed, as on a web server. */
  readonly list?: {
    readonly images: () => Promise<readonly string[]>;
    readonly versions: (image: string) => Promise<readonly number[]>;
  };
};

/** A repository in a folder, such as a mounted stick; nothing is written there, so it may be read-only. */
export function folderSource(folder: string): RepositorySource {
  const place = (path: string) => {
    if (!parseRepositoryPath(path))
      throw new TrimError('trim.name', `not a path of a repository: ${path.slice(0, 100)}`);
    return join(folder, path);
  };
  return {
    address: folder,
    read: async (path, limit) => {
      const found = await stat(place(path)).catch(ifMissing);
      if (!found) return undefined;
      if (found.size > limit)
        throw new TrimError('trim.limits', `${path} has ${found.size} bytes, ${limit} are allowed`);
      return readFile(place(path));
    },
    stream: async function* (path, offset, signal) {
      try {
        yield* createReadStream(place(path), { start: offset, highWaterMark: 1024 * 1024, signal });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        throw new TrimError('trim.not-found', `${path} is not in ${folder}`, { cause: error });
      }
    },
    list: {
      images: async () => ((await readdir(join(folder, 'images')).catch(ifMissing)) ?? []).filter(isName).sort(),
      versions: async (image) => {
        const names = (await readdir(join(folder, 'images', image)).catch(ifMissing)) ?? [];
        return names
          .map((name) => parseRepositoryPath(`images/${image}/${name}`))
          .flatMap((found) => (found?.kind === 'manifest' ? [found.version] : []))
          .sort((a, b) => a - b);
      },
    },
  };
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}
