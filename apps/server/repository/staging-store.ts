import { rm } from 'node:fs/promises';
import type { RepositoryStore } from '@atelier/adapters/repository';

/**
 * A version that is packed but not yet pushed: reads see the repository with the staged files over it, writes go to the
 * staging folder only. What the repository has already is not staged again (its files never change).
 */
export function stagingStore(staged: RepositoryStore, repository: RepositoryStore): RepositoryStore {
  const holds = async (path: string) => (await staged.stat(path)) !== undefined;
  return {
    spoolFolder: staged.spoolFolder,
    read: async (path, limit) => (await staged.read(path, limit)) ?? (await repository.read(path, limit)),
    readRange: async (path, offset, length) =>
      await ((await holds(path)) ? staged : repository).readRange(path, offset, length),
    writeImmutable: async (path, body) => {
      const shared = path.startsWith('packs/') || path.startsWith('deltas/');
      if (!shared || !(await repository.stat(path))) return await staged.writeImmutable(path, body);
      if (!(body instanceof Uint8Array)) await rm(body.spoolFile, { force: true });
      return false;
    },
    replace: async (path, body) => await staged.replace(path, body),
    list: async function* (prefix) {
      const seen = new Set<string>();
      for await (const entry of staged.list(prefix)) {
        seen.add(entry.path);
        yield entry;
      }
      for await (const entry of repository.list(prefix)) if (!seen.has(entry.path)) yield entry;
    },
    remove: async (path) => await staged.remove(path),
    stat: async (path) => (await staged.stat(path)) ?? (await repository.stat(path)),
  };
}
