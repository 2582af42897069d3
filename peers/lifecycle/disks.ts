import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client, ImageVersion } from '@atelier/api';

export type Format = 'raw' | 'qcow2' | 'vmdk' | 'vhdx';

/** Small real disks in a folder of their own: ext4 made by mkfs.ext4, other formats by qemu-img. */
export async function diskFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-disks-'));
  return {
    folder,
    /** A raw disk of 48 MiB with a file system that holds `files`, some of this machine's own, and some random bytes. */
    async raw(name: string, files: Readonly<Record<string, string>>): Promise<string> {
      const content = join(folder, `${name}.d`);
      await mkdir(content);
      // Seeded with the same real files each time, so that versions have much in common.
      await cp('/usr/share/doc/base-files', join(content, 'doc'), { recursive: true, dereference: true });
      for (const [file, text] of Object.entries(files)) await writeFile(join(content, file), text);
      const path = join(folder, `${name}.raw`);
      execFileSync('truncate', ['-s', '48M', path]);
      execFileSync('mkfs.ext4', [
        '-q',
        '-F',
        '-b',
        '4096',
        '-U',
        '6a1b7c1e-0000-4000-8000-000000000001',
        '-d',
        content,
        path,
      ]);
      return path;
    },
    convert(raw: string, format: Format): string {
      const path = `${raw}.${format}`;
      execFileSync('qemu-img', ['convert', '-O', format, raw, path]);
      return path;
    },
    /** A qcow2 that refers to another file. */
    withBackingFile(base: string): string {
      const path = `${base}.backed.qcow2`;
      execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', base, '-F', 'raw', path]);
      return path;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Text that no compression makes small, so that packs and deltas have something to carry. */
export const noise = (bytes: number): string => randomBytes(bytes).toString('base64');

/** Imports a disk as the next version of an image, in one upload. */
export async function importDisk(api: Client, name: string, path: string, format: Format): Promise<ImageVersion> {
  const { size } = await stat(path);
  const { number } = await api.images.createVersion({ params: { name }, body: { format, sizeBytes: size } });
  return await api.images.upload({ params: { name, number } }, { content: createReadStream(path) });
}
