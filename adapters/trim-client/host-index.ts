import { type FileHandle, open, rename } from 'node:fs/promises';

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

const magic = 'TRIMHST2';
/** Rows that are read and written at a time: all of them as one text would take more memory than the rest of a transfer. */
const rowsAtOnce = 2000;
/** Longest part that is believed: a row is a path of at most 4 KiB and three numbers. */
const longestPart = rowsAtOnce * 8192;

type Row = [path: string, size: number, mtimeMs: number, inode: number];

/** Reads the index that an earlier transfer kept; an empty one when there is none, or it is damaged. */
export async function readHostIndex(path: string): Promise<HostIndex> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return { files: [], heads: new Uint8Array() };
  try {
    return await readParts(file);
  } catch {
    return { files: [], heads: new Uint8Array() };
  } finally {
    await file.close();
  }
}

async function readParts(handle: FileHandle): Promise<HostIndex> {
  if ((await exactly(handle, magic.length)).toString('latin1') !== magic) throw new Error('not a host index');
  const files: HostIndex['files'][number][] = [];
  let first = 0;
  for (;;) {
    const length = (await exactly(handle, 4)).readUInt32LE(0);
    if (length === 0) break;
    if (length > longestPart) throw new Error('a part of the host index is too long');
    for (const [path, size, mtimeMs, inode] of JSON.parse((await exactly(handle, length)).toString()) as Row[]) {
      files.push({ path, size, mtimeMs, inode, first });
      first += Math.ceil(size / 4096);
    }
  }
  return { files, heads: await exactly(handle, first * 8) };
}

/** The next `length` bytes; throws when the file ends before. */
async function exactly(handle: FileHandle, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await handle.read(bytes, at, length - at);
    if (bytesRead === 0) throw new Error('the host index is cut off');
    at += bytesRead;
  }
  return bytes;
}

/** Keeps an index for the next transfer: parts of rows, each behind its length, a length of 0, and the heads. */
export async function writeHostIndex(path: string, { files, heads }: HostIndex): Promise<void> {
  const beside = `${path}.new`;
  const file: FileHandle = await open(beside, 'w', 0o600);
  try {
    await file.writeFile(magic);
    for (let at = 0; at < files.length; at += rowsAtOnce) {
      const rows = files
        .slice(at, at + rowsAtOnce)
        .map(({ path, size, mtimeMs, inode }) => [path, size, mtimeMs, inode]);
      const part = Buffer.from(JSON.stringify(rows));
      await file.writeFile(lengthOf(part.length));
      await file.writeFile(part);
    }
    await file.writeFile(lengthOf(0));
    await file.writeFile(heads);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
}

function lengthOf(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
