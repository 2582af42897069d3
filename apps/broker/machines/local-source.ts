import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileSystemStore, readLatest } from '@atelier/adapters/repository';
import { limits, pinRoot, rootPath } from '@atelier/trim';
import type { DiskSource } from './disk-source.ts';

/** Whether there is a repository in the folder. */
export const hasRepository = (folder: string): Promise<boolean> =>
  stat(join(folder, rootPath)).then(
    () => true,
    () => false,
  );

/** The repository in a folder of this machine: the server's own. */
export function localSource(repository: string): DiskSource {
  const store = async () => {
    if (!(await hasRepository(repository))) throw new Error(`there is no repository in ${repository}`);
    return await fileSystemStore(repository);
  };
  return {
    async current(image, channel) {
      return (await readLatest({ store: await store(), image }))?.channels[channel]?.version;
    },
    async access() {
      const root = await (await store()).read(rootPath, limits.rootFile);
      return {
        repository: { baseUrls: [] },
        trust: pinRoot(Buffer.from(root!).toString('utf8')),
        media: [repository],
      };
    },
  };
}
