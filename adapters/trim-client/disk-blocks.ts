import { readSync, writeSync } from 'node:fs';
import { blockBytes, trimIoError } from '@atelier/trim';

/** Reads `count` blocks from block `first` on; what lies behind the end of the file is zeros. */
export function readBlocks(fd: number, first: number, count: number, into: Buffer): Buffer {
  const bytes = into.subarray(0, count * blockBytes);
  let done = 0;
  while (done < bytes.length) {
    const read = readSync(fd, bytes, done, bytes.length - done, first * blockBytes + done);
    if (read === 0) break;
    done += read;
  }
  bytes.fill(0, done);
  return bytes;
}

/** Writes blocks from block `first` on, not beyond `size` bytes of the disk. Throws `trim.disk-full`, `trim.io`. */
export function writeBlocks(fd: number, first: number, bytes: Uint8Array, size: number): number {
  const at = first * blockBytes;
  const length = Math.min(bytes.length, size - at);
  let done = 0;
  try {
    while (done < length) done += writeSync(fd, bytes, done, length - done, at + done);
  } catch (cause) {
    throw trimIoError(cause, 'the disk cannot be written');
  }
  return length;
}
