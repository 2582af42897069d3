import { closeSync, openSync } from 'node:fs';
import { hashFile, hostFiles } from './host-files.ts';
import { HostIndexWriter, headsReader, indexedFiles } from './host-index.ts';
import { HostTable } from './host-table.ts';

/**
 * Brings the index at `path` up to date with `folders`: files that did not change keep their hashes, others are read. A new index is
 * written only where something changed; one that is damaged is made anew. Gives how many files are in it, and how many were read.
 */
export function refreshHostIndex(
  path: string,
  folders: readonly string[],
): { readonly files: number; readonly read: number } {
  const old = openIndex(path);
  let writer: HostIndexWriter | undefined;
  let read = 0;
  try {
    const kept = new Uint8Array(old?.table.files ?? 0);
    let keeps = 0;
    for (const file of hostFiles(folders)) {
      const row = old?.table.unchanged(file) ?? -1;
      if (row >= 0 && kept[row] === 0) {
        kept[row] = 1;
        keeps++;
        continue;
      }
      writer ??= new HostIndexWriter(path);
      const out = writer;
      if (hashFile(file, (heads) => out.add(heads))) {
        out.close(file);
        read++;
      } else out.forget();
    }
    if (old && keeps === kept.length && read === 0) {
      writer?.abandon();
      return { files: keeps, read };
    }
    writer ??= new HostIndexWriter(path);
    if (old) copyKept(old.fd, kept, writer);
    writer.finish();
    return { files: writer.files, read };
  } catch (error) {
    writer?.abandon();
    throw error;
  } finally {
    if (old) closeSync(old.fd);
  }
}

/** Tells the files of an index one after another: `begin` each, then `take` its heads, in order, in a buffer that is used again. */
export function readHostIndex(path: string, begin: (path: string) => void, take: (heads: Uint8Array) => void): void {
  const fd = openSync(path, 'r');
  try {
    const read = headsReader(fd);
    for (const file of indexedFiles(fd)) {
      begin(file.path);
      read(file, take);
    }
  } finally {
    closeSync(fd);
  }
}

function copyKept(fd: number, kept: Uint8Array, out: HostIndexWriter): void {
  const read = headsReader(fd);
  let row = 0;
  for (const file of indexedFiles(fd)) {
    if (kept[row++] !== 1) continue;
    read(file, (heads) => out.add(heads));
    out.close(file);
  }
}

function openIndex(path: string): { readonly fd: number; readonly table: HostTable } | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    return { fd, table: new HostTable(fd) };
  } catch {
    if (fd !== undefined) closeSync(fd);
    return undefined;
  }
}
