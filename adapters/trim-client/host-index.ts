import { closeSync, fsyncSync, ftruncateSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { blockBytes } from '@atelier/trim';

/** A host file as it was when its blocks were hashed. It counts as unchanged while all four stay the same. */
export type HostFile = {
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: number;
};

/** Bytes that are kept of each block's sha256: only to look with, for whatever is found is verified in full when it is read. */
export const headBytes = 8;

/** How many bytes of heads a file has. */
export const headsLength = (size: number): number => Math.ceil(size / blockBytes) * headBytes;

/*
 * The index of a host's files. It may be larger than all else that a transfer needs, so it is read and written part by part:
 *   `TRIMHST2`, count of files (u32), 0 (u32), then parts: length of the heads (u32), length of the rows (u32), heads, rows;
 *   a part with neither ends it.
 * Heads come in the order of the rows, 8 bytes by block. Rows are JSON, [path, size, mtime, inode] each, with blanks up to a multiple
 * of 8 bytes, so that heads can be read as numbers where they lie.
 */
const magic = 'TRIMHST2';
const fileHead = magic.length + 8;
const partHead = 8;
const rowsOfPart = 1000;
const headsOfPart = 16 * 2 ** 20;
/** Longest rows that are believed: a row is a path of at most 4 KiB, escaped, and three numbers. */
const longestRows = rowsOfPart * 32 * 1024;

type Row = [path: string, size: number, mtimeMs: number, inode: number];

/** A file of an index, with the byte of the index where its heads begin. */
export type IndexedFile = HostFile & { readonly headsAt: number };

/** How many files an index says it has. Throws when this is none. */
export function countOfFiles(fd: number): number {
  const head = readAt(fd, 0, fileHead);
  if (head.toString('latin1', 0, magic.length) !== magic) throw new Error('not an index of host files');
  return head.readUInt32LE(magic.length);
}

/** The files of an index one after another. Throws when it is damaged or cut off. */
export function* indexedFiles(fd: number): Generator<IndexedFile> {
  for (let at = fileHead; ; ) {
    const head = readAt(fd, at, partHead);
    const [heads, rows] = [head.readUInt32LE(0), head.readUInt32LE(4)];
    if (heads === 0 && rows === 0) return;
    if (rows > longestRows) throw new Error('the rows of the index of host files are too long');
    let headsAt = at + partHead;
    const end = headsAt + heads;
    for (const [path, size, mtimeMs, inode] of JSON.parse(readAt(fd, end, rows).toString()) as Row[]) {
      yield { path, size, mtimeMs, inode, headsAt };
      headsAt += headsLength(size);
    }
    if (headsAt !== end) throw new Error('the index of host files does not add up');
    at = end + rows;
  }
}

/** Gives the heads of a file of the index behind `fd` to `take`, some at a time, in a buffer that is used again. */
export function headsReader(fd: number): (file: IndexedFile, take: (heads: Uint8Array) => void) => void {
  const window = Buffer.allocUnsafeSlow(256 * 1024);
  let from = 0;
  let to = 0;
  return ({ headsAt, size }, take) => {
    const end = headsAt + headsLength(size);
    for (let at = headsAt; at < end; ) {
      if (at < from || at >= to) {
        from = at;
        to = at + readSync(fd, window, 0, window.length, at);
        to -= (to - from) % headBytes;
        if (to === from) throw new Error('the index of host files is cut off');
      }
      take(window.subarray(at - from, Math.min(end, to) - from));
      at = Math.min(end, to);
    }
  };
}

function readAt(fd: number, at: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let done = 0; done < length; ) {
    const read = readSync(fd, bytes, done, length - done, at + done);
    if (read === 0) throw new Error('the index of host files is cut off');
    done += read;
  }
  return bytes;
}

/** Writes an index beside its place, file by file: `add` heads, then `close` the file, or `forget` it. */
export class HostIndexWriter {
  readonly #path: string;
  readonly #beside: string;
  readonly #fd: number;
  readonly #buffer = Buffer.allocUnsafeSlow(256 * 1024);
  #buffered = 0;
  /** where the buffer goes, where the open part begins, and where its last whole file ends */
  #at = fileHead;
  #part = fileHead;
  #end = fileHead + partHead;
  #rows: Row[] = [];
  #files = 0;

  constructor(path: string) {
    this.#path = path;
    this.#beside = `${path}.new`;
    this.#fd = openSync(this.#beside, 'w', 0o600);
    this.#seek(this.#end);
  }

  get files(): number {
    return this.#files;
  }

  add(heads: Uint8Array): void {
    for (let from = 0; from < heads.length; ) {
      if (this.#buffered === this.#buffer.length) this.#seek(this.#at + this.#buffered);
      const piece = heads.subarray(from, from + this.#buffer.length - this.#buffered);
      this.#buffer.set(piece, this.#buffered);
      this.#buffered += piece.length;
      from += piece.length;
    }
  }

  close({ path, size, mtimeMs, inode }: HostFile): void {
    const at = this.#at + this.#buffered;
    if (at - this.#end !== headsLength(size)) throw new Error(`${path} has other heads than blocks`);
    this.#end = at;
    this.#files++;
    this.#rows.push([path, size, mtimeMs, inode]);
    if (this.#rows.length >= rowsOfPart || at - this.#part > headsOfPart) this.#endPart();
  }

  /** Takes back the heads of a file that was not closed. */
  forget(): void {
    if (this.#end >= this.#at) this.#buffered = this.#end - this.#at;
    else {
      this.#buffered = 0;
      this.#seek(this.#end);
    }
  }

  /** Puts the index in its place. */
  finish(): void {
    if (this.#rows.length > 0) this.#endPart();
    this.#seek(this.#part);
    this.add(Buffer.alloc(partHead));
    this.#seek(0);
    ftruncateSync(this.#fd, this.#part + partHead);
    const head = Buffer.alloc(fileHead);
    head.write(magic, 'latin1');
    head.writeUInt32LE(this.#files, magic.length);
    writeAll(this.#fd, head, 0);
    fsyncSync(this.#fd);
    renameSync(this.#beside, this.#path);
    closeSync(this.#fd);
  }

  /** Leaves the index in its place as it was. */
  abandon(): void {
    closeSync(this.#fd);
    rmSync(this.#beside, { force: true });
  }

  #endPart(): void {
    const text = Buffer.from(JSON.stringify(this.#rows));
    const rows = Buffer.alloc(Math.ceil(text.length / 8) * 8, ' ');
    rows.set(text);
    this.add(rows);
    const next = this.#at + this.#buffered;
    const head = Buffer.alloc(partHead);
    head.writeUInt32LE(this.#end - this.#part - partHead, 0);
    head.writeUInt32LE(rows.length, 4);
    this.#seek(next + partHead);
    writeAll(this.#fd, head, this.#part);
    this.#rows = [];
    this.#part = next;
    this.#end = next + partHead;
  }

  /** Empties the buffer into the file; what comes next goes to `at`. */
  #seek(at: number): void {
    writeAll(this.#fd, this.#buffer.subarray(0, this.#buffered), this.#at);
    this.#buffered = 0;
    this.#at = at;
  }
}

function writeAll(fd: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, at + done);
}
