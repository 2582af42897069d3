import { mkdir, rm, stat } from 'node:fs/promises';
import type { ImageDisks } from '@atelier/adapters/broker-machines';
import { fetchVersion, type PreviousVersion } from '@atelier/adapters/trim-client';
import type { DiskSource } from './disk-source.ts';
import { type ImageShelf, imageShelf, type ShelvedDisk } from './image-shelf.ts';
import { SharedWork } from './shared-work.ts';

export interface RepositoryDisksOptions {
  readonly source: () => Promise<DiskSource>;
  /** Where the disks lie. */
  readonly folder: string;
  /** The key of an encrypted image by its name. */
  readonly contentKey: (keyId: string) => Promise<Uint8Array>;
  /** Runs work that only one process at a time may do with the folder, by the work's name. */
  readonly alone: <Result>(
    name: string,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<Result>,
  ) => Promise<Result>;
}

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/**
 * Disks of the images of a repository, each version put together once, with every block verified, and kept in a folder. Versions of the same image that lie
 * there already lend what they have in common.
 */
export function repositoryDisks(given: RepositoryDisksOptions): ImageDisks & { readonly shelf: ImageShelf } {
  const { folder, contentKey, alone } = given;
  const shelf = imageShelf(folder);
  const making = new SharedWork<void>();

  const previous = async (image: string): Promise<readonly PreviousVersion[]> => {
    const found: PreviousVersion[] = [];
    for (const one of (await shelf.all())
      .filter((other) => other.image === image)
      .toSorted((a, b) => b.version - a.version)) {
      const diskPath = shelf.pathOf(one);
      const indexPath = `${diskPath}.index`;
      if (found.length < 2 && (await isThere(diskPath)) && (await isThere(indexPath)))
        found.push({ diskPath, indexPath });
    }
    return found;
  };

  const make = async (disk: ShelvedDisk, signal: AbortSignal): Promise<void> => {
    // Another broker of this machine made it meanwhile.
    if (await shelf.take(disk)) return;
    const { media, ...access } = await (await given.source()).access();
    const target = shelf.pathOf(disk);
    const partialDir = `${target}.partial`;
    await shelf.open();
    await mkdir(partialDir, { recursive: true, mode: 0o700 });
    await fetchVersion({
      ...access,
      image: disk.image,
      want: { version: disk.version },
      target,
      sources: { previous: await previous(disk.image), partialDir, media },
      contentKey,
      background: true,
      signal,
    });
    await rm(partialDir, { recursive: true, force: true });
  };

  return {
    shelf,
    async current(image, { channel, version }) {
      if (version !== undefined) return version;
      const found = await (await given.source()).current(image, channel);
      if (found === undefined)
        throw new Error(`the image ${image} has no channel ${channel}: set one with "atelier image channel"`);
      return found;
    },
    async disk(image, version, signal) {
      if (!/^[a-z0-9][a-z0-9._-]{0,62}$/.test(image) || !Number.isSafeInteger(version) || version < 1)
        throw new Error(`${image} version ${version} is no version of an image`);
      const disk = { image, version };
      const name = `${image}-${version}`;
      while (!(await shelf.take(disk)))
        await making.join(name, signal, (going) => alone(name, going, (held) => make(disk, held)));
      return shelf.pathOf(disk);
    },
  };
}
