import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '@atelier/adapters/durable-file';
import { imageNameSchema } from '@atelier/domain/images';

/** The complete and verified image versions of this computer, shared by all instances. */
export interface ImageStore {
  diskPath(image: string, version: number): string;
  /** Folder for transfers under way of an image. */
  partialFolder(image: string): string;
  /** Versions that can be started, oldest first. */
  versions(image: string): number[];
  has(image: string, version: number): boolean;
  images(): string[];
  makeFolder(image: string): Promise<void>;
  remove(image: string, version: number): Promise<void>;
  removePartial(image: string): Promise<void>;
  /** Takes away an image's folder when no version is left in it. */
  removeEmpty(image: string): Promise<void>;
}

/** `<root>/NAME/VERSION.raw` with its index beside; a version counts only when both are there. */
export function openImageStore(root: string): ImageStore {
  const folderOf = (image: string) => join(root, imageNameSchema.parse(image));
  const diskPath = (image: string, version: number) => join(folderOf(image), `${version}.raw`);
  const names = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);
  const versions = (image: string) => {
    const files = new Set(names(folderOf(image)));
    return [...files]
      .filter((name) => /^[1-9]\d*\.raw$/.test(name) && files.has(`${name}.index`))
      .map((name) => Number.parseInt(name, 10))
      .sort((a, b) => a - b);
  };
  return {
    diskPath,
    partialFolder: (image) => join(folderOf(image), 'partial'),
    versions,
    has: (image, version) => existsSync(diskPath(image, version)) && existsSync(`${diskPath(image, version)}.index`),
    images: () => names(root).filter((name) => imageNameSchema.safeParse(name).success),
    makeFolder: async (image) => {
      await mkdir(join(folderOf(image), 'partial'), { recursive: true, mode: 0o700 });
    },
    remove: async (image, version) => {
      // The index goes first: from then on the version does not count, whatever is left of it.
      await rm(`${diskPath(image, version)}.index`, { force: true });
      await rm(diskPath(image, version), { force: true });
      await syncFolder(folderOf(image));
    },
    removePartial: (image) => rm(join(folderOf(image), 'partial'), { recursive: true, force: true }),
    removeEmpty: async (image) => {
      if (versions(image).length === 0) await rmdir(folderOf(image)).catch(() => undefined);
    },
  };
}
