import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** A file of a backup; `path` is relative to the archive's root. */
export interface BackupFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** What a backup says of itself: the first file of the archive, `manifest.json`. */
export interface BackupManifest {
  readonly format: 'atelier-backup';
  readonly version: 1;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Number of the newest migration that the dump contains. */
  readonly migration: number;
  readonly files: readonly BackupFile[];
}

export const manifestName = 'manifest.json';
export const dumpName = 'database.dump';
/** Folder of the archive with what is copied from the state folder. */
export const stateName = 'state';

/**
 * Every file below `root` with its size and hash, by path; `root`'s own manifest is left out.
 *
 * @throws Error when there is anything but files and folders
 */
export async function describeFiles(root: string, folder = root): Promise<BackupFile[]> {
  const files: BackupFile[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const inside = join(folder, name);
    const path = relative(root, inside);
    const found = await lstat(inside);
    if (found.isDirectory()) files.push(...(await describeFiles(root, inside)));
    else if (!found.isFile()) throw new Error(`${path} is neither a file nor a folder`);
    else if (path !== manifestName) {
      const hash = createHash('sha256');
      await pipeline(createReadStream(inside), hash);
      files.push({ path, size: found.size, sha256: hash.digest('hex') });
    }
  }
  return files;
}

/** Reads a manifest; throws an Error that says what is wrong with it. */
export function parseManifest(text: string): BackupManifest {
  const value = JSON.parse(text) as Partial<BackupManifest> | null;
  if (value?.format !== 'atelier-backup') throw new Error('it is not a backup of atelier');
  if (value.version !== 1) throw new Error(`its format ${value.version} is not known to this software`);
  const sound =
    Number.isInteger(value.migration) &&
    Array.isArray(value.files) &&
    value.files.every(
      (file) => typeof file?.path === 'string' && typeof file.sha256 === 'string' && Number.isInteger(file.size),
    );
  if (!sound) throw new Error('its manifest is incomplete');
  return value as BackupManifest;
}

/** Compares what was unpacked with what the manifest says; throws an Error that names the first file that differs. */
export function compareFiles(manifest: BackupManifest, unpacked: readonly BackupFile[]): void {
  const found = new Map(unpacked.map((file) => [file.path, file]));
  for (const file of manifest.files) {
    const other = found.get(file.path);
    if (!other) throw new Error(`${file.path} is missing`);
    if (other.size !== file.size || other.sha256 !== file.sha256) throw new Error(`${file.path} is damaged`);
    found.delete(file.path);
  }
  const [extra] = found.keys();
  if (extra !== undefined) throw new Error(`${extra} does not belong to it`);
  if (!manifest.files.some((file) => file.path === dumpName)) throw new Error(`${dumpName} is missing`);
}
