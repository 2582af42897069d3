import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** A disk of a version that lies on the shelf. */
export interface ShelvedDisk {
  readonly image: string;
  readonly version: number;
}

const nameForm = /^([a-z0-9][a-z0-9._-]{0,62})-([1-9]\d{0,14})\.raw$/;
/** What a disk is called while it is being thrown away. */
const going = '.going';

/**
 * The folder with disks of versions. A disk is thrown away in three steps that may end at any byte: it is set aside under another name, it is looked once
 * more whether somebody came to need it, and it is removed or put back. Whoever needs one says so first (by the file that names its base), and then takes
 * it: so one of the two sees the other.
 */
export function imageShelf(folder: string) {
  const nameOf = ({ image, version }: ShelvedDisk): string => `${image}-${version}.raw`;
  const pathOf = (disk: ShelvedDisk): string => join(folder, nameOf(disk));
  const touch = async (path: string): Promise<boolean> => {
    const now = new Date();
    return utimes(path, now, now).then(
      () => true,
      (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? false : Promise.reject(error)),
    );
  };
  const moved = (from: string, to: string): Promise<boolean> =>
    rename(from, to).then(
      () => true,
      (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? false : Promise.reject(error)),
    );
  const putBack = async (path: string): Promise<boolean> => {
    if (!(await moved(`${path}${going}`, path))) return false;
    await moved(`${path}.index${going}`, `${path}.index`);
    return true;
  };

  return {
    pathOf,
    /** Whether the disk is there; from now on it counts as used anew. */
    async take(disk: ShelvedDisk): Promise<boolean> {
      const path = pathOf(disk);
      return (await touch(path)) || ((await putBack(path)) && (await touch(path)));
    },
    /** Everything that lies there, also what somebody died over throwing away. */
    async all(): Promise<readonly ShelvedDisk[]> {
      const names = new Set((await readdir(folder).catch(() => [])).map((name) => name.replace(/\.going$/, '')));
      return [...names].flatMap((name) => {
        const match = nameForm.exec(name);
        return match ? [{ image: match[1]!, version: Number(match[2]) }] : [];
      });
    },
    /** Milliseconds since somebody took the disk. */
    async unusedFor(disk: ShelvedDisk, now = Date.now()): Promise<number> {
      const path = pathOf(disk);
      const found = (await stat(path).catch(() => null)) ?? (await stat(`${path}${going}`).catch(() => null));
      return found ? now - found.mtimeMs : 0;
    },
    /** Throws a disk away, unless `isNeeded` says otherwise once it is set aside. Gives whether it is gone. */
    async discard(disk: ShelvedDisk, isNeeded: () => Promise<boolean>): Promise<boolean> {
      const path = pathOf(disk);
      await moved(`${path}.index`, `${path}.index${going}`);
      await moved(path, `${path}${going}`);
      if (await isNeeded()) {
        await putBack(path);
        return false;
      }
      await rm(`${path}${going}`, { force: true });
      await rm(`${path}.index${going}`, { force: true });
      return true;
    },
    /** Folders of transfers, with the milliseconds since one was last written to. */
    async transfers(
      now = Date.now(),
    ): Promise<readonly { readonly disk: ShelvedDisk; readonly folder: string; readonly idleMs: number }[]> {
      const found = [];
      for (const name of await readdir(folder).catch(() => [])) {
        const match = name.endsWith('.partial') ? nameForm.exec(name.slice(0, -'.partial'.length)) : null;
        if (!match) continue;
        const path = join(folder, name);
        const parts = await readdir(path).catch(() => []);
        const times = await Promise.all(
          [path, ...parts.map((part) => join(path, part))].map((one) => stat(one).catch(() => null)),
        );
        const last = Math.max(0, ...times.flatMap((one) => (one ? [one.mtimeMs] : [])));
        found.push({ disk: { image: match[1]!, version: Number(match[2]) }, folder: path, idleMs: now - last });
      }
      return found;
    },
    async open(): Promise<void> {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    },
  };
}
export type ImageShelf = ReturnType<typeof imageShelf>;
