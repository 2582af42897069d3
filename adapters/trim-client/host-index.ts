import { type FileHandle, open, readFile, rename } from 'node:fs/promises';

/** A host file as it was when its blocks were hashed. It counts as unchanged while all four stay the same. */
export type HostFile = {
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: number;
};

/**
 * Which blocks lie in files of the host: by file its place in `heads`, where each of its blocks of 4 KiB (the last one padded
 * with zeros, as file systems do) has the first 8 bytes of its sha256. Hints only: blocks are verified when they are read.
 */
export type HostIndex = {
  readonly files: readonly (HostFile & { readonly first: number })[];
  readonly heads: Uint8Array;
};

const magic = 'TRIMHST1';

/** Reads the index that an earlier transfer kept; an empty one when there is none, or it is damaged. */
export async function readHostIndex(path: string): Promise<HostIndex> {
  try {
    const bytes = await readFile(path);
    const tableLength = bytes.readUInt32LE(8);
    if (bytes.toString('latin1', 0, 8) !== magic) throw new Error('not a host index');
    const rows = JSON.parse(bytes.toString('utf8', 12, 12 + tableLength)) as [string, number, number, number][];
    let first = 0;
    const files = rows.map(([path, size, mtimeMs, inode]) => {
      const file = { path, size, mtimeMs, inode, first };
      first += Math.ceil(size / 4096);
      return file;
    });
    const heads = bytes.subarray(12 + tableLength);
    if (heads.length !== first * 8) throw new Error('the host index is cut off');
    return { files, heads };
  } catch {
    return { files: [], heads: new Uint8Array() };
  }
}

/** Keeps an index for the next transfer. */
export async function writeHostIndex(path: string, { files, heads }: HostIndex): Promise<void> {
  const head = Buffer.alloc(12);
  const beside = `${path}.new`;
  const file: FileHandle = await open(beside, 'w', 0o600);
  try {
    await file.writeFile(head);
    let length = 0;
    // some rows at a time: all of them as one text would take more memory than the rest of a transfer
    for (let at = 0; at < files.length || at === 0; at += 2000) {
      const rows = files.slice(at, at + 2000).map(({ path, size, mtimeMs, inode }) => [path, size, mtimeMs, inode]);
      const inner = JSON.stringify(rows).slice(1, -1);
      const part = Buffer.from(`${at === 0 ? '[' : ','}${inner}${at + 2000 >= files.length ? ']' : ''}`);
      await file.writeFile(part);
      length += part.length;
    }
    await file.writeFile(heads);
    head.write(magic, 'latin1');
    head.writeUInt32LE(length, 8);
    await file.write(head, 0, head.length, 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
}
