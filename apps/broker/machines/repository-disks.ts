import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageDisks } from '@atelier/adapters/broker-machines';
import { fileSystemStore, readLatest } from '@atelier/adapters/repository';
import { fetchVersion } from '@atelier/adapters/trim-client';
import { limits, pinRoot, rootPath } from '@atelier/trim';

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/**
 * Disks of the images in a repository's folder, each version put together once, with every block verified, and kept in `folder`. `contentKey` gives the key
 * of an encrypted image by its name.
 */
export function repositoryDisks(given: {
  readonly repository: string;
  readonly folder: string;
  readonly contentKey: (keyId: string) => Promise<Uint8Array>;
}): ImageDisks {
  const { repository, folder, contentKey } = given;
  const making = new Map<string, Promise<void>>();
  const store = async () => {
    if (!(await isThere(join(repository, rootPath))))
      throw new Error(
        `there is no repository in ${repository}: run the broker on the server's machine, or share its state folder`,
      );
    return await fileSystemStore(repository);
  };

  const make = async (image: string, version: number, target: string, signal: AbortSignal): Promise<void> => {
    const root = await (await store()).read(rootPath, limits.rootFile);
    const partialDir = `${target}.partial`;
    await mkdir(partialDir, { recursive: true, mode: 0o700 });
    await fetchVersion({
      repository: { baseUrls: [] },
      trust: pinRoot(Buffer.from(root!).toString('utf8')),
      image,
      want: { version },
      target,
      sources: { previous: [], partialDir, media: [repository] },
      contentKey,
      background: true,
      signal,
    });
    await rm(partialDir, { recursive: true, force: true });
  };

  return {
    async current(image, { channel, version }) {
      if (version !== undefined) return version;
      const latest = await readLatest({ store: await store(), image });
      const found = latest?.channels[channel]?.version;
      if (found === undefined)
        throw new Error(`the image ${image} has no channel ${channel}: set one with "atelier image channel"`);
      return found;
    },
    async disk(image, version, signal) {
      if (!/^[a-z0-9][a-z0-9._-]{0,62}$/.test(image) || !Number.isSafeInteger(version) || version < 1)
        throw new Error(`${image} version ${version} is no version of an image`);
      const target = join(folder, `${image}-${version}.raw`);
      if (await isThere(target)) return target;
      const going = making.get(target) ?? make(image, version, target, signal);
      making.set(target, going);
      await going.finally(() => making.delete(target));
      return target;
    },
  };
}
