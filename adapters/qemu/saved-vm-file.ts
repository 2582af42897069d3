import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { AtelierError } from '@atelier/domain/errors';

/**
 * A saved VM: one line of JSON (this), then QEMU's migration stream, compressed with zstd and its checksum.
 * The shape and the machine say what the stream fits.
 */
export interface SavedVmHeader {
  readonly format: 'atelier-saved-vm-1';
  readonly shape: string;
  /** The exact machine, e.g. `pc-q35-7.2`, so that a newer QEMU offers the same one. */
  readonly machine: string;
}

const headerLimitBytes = 64 * 1024;

/** Writes header and stream into `file`: beside it first, synced, then renamed, so that it is whole or not there. */
export async function writeSavedVm(
  file: string,
  header: SavedVmHeader,
  stream: Readable,
  options: { readonly signal?: AbortSignal; readonly confirm: () => Promise<void> },
): Promise<void> {
  const beside = `${file}.new`;
  try {
    const out = createWriteStream(beside, { mode: 0o600, flush: true });
    out.write(`${JSON.stringify(header)}\n`);
    // level 1: memory is saved while a person waits
    const compress = createZstdCompress({
      params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 },
    });
    await pipeline(stream, compress, out, { signal: options.signal });
    await options.confirm();
    await rename(beside, file);
    await syncFolder(dirname(file));
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/** Reads the header of a saved VM, and where its stream begins. Throws `vm.resume-failed`. */
export async function readSavedVmHeader(file: string): Promise<{ header: SavedVmHeader; streamAt: number }> {
  const handle = await open(file, 'r').catch((cause) => {
    throw new AtelierError('vm.resume-failed', `the saved state cannot be read: ${cause.message}`, { cause });
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headerLimitBytes), { position: 0 });
    const end = buffer.subarray(0, bytesRead).indexOf(0x0a);
    const header = JSON.parse(buffer.toString('utf8', 0, Math.max(0, end)));
    if (header?.format !== 'atelier-saved-vm-1' || !/^[a-z0-9.-]{1,40}$/.test(header.machine))
      throw new Error('format');
    return { header, streamAt: end + 1 };
  } catch (cause) {
    throw new AtelierError('vm.resume-failed', `"${file}" is no saved state of a VM`, { cause });
  } finally {
    await handle.close();
  }
}

/** Pours the saved stream into `target`. Rejects when the file is cut short or damaged. */
export async function readSavedVmStream(
  file: string,
  streamAt: number,
  target: Writable,
  signal?: AbortSignal,
): Promise<void> {
  await pipeline(createReadStream(file, { start: streamAt }), createZstdDecompress(), target, { signal });
}

/** Takes the file away for good: a state may be resumed once, since the disks go on from there. */
export async function consumeSavedVm(file: string): Promise<void> {
  await rm(file, { force: true });
  await syncFolder(dirname(file));
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}
