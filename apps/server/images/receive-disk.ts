import { mkdir, open, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { AtelierError } from '@atelier/domain/errors';

/** Room that an upload leaves free on the disk, in bytes. */
const reserve = 256 * 1024 * 1024;
/** After so many bytes they are synced and reported, so that a crash costs no more than this. */
const stretch = 64 * 1024 * 1024;

/** @throws AtelierError `repository.unavailable` when the folder's disk has no room for `bytes` more */
export async function requireRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize - reserve;
  if (bytes > free)
    throw new AtelierError(
      'repository.unavailable',
      `the server's disk has room for ${Math.max(0, Math.floor(free / 1_048_576))} MiB, and ${Math.ceil(bytes / 1_048_576)} MiB are needed`,
    );
}

/**
 * Writes `content` to `file` from `offset` on, up to `total` bytes in the file. What lies behind `offset` is cut off: it was
 * never reported. `onSynced` is told how many bytes the file holds for sure, after each stretch and at the end, also when the
 * sender breaks off: everything reported survives a crash.
 *
 * @returns the bytes that the file holds
 * @throws AtelierError `image.upload-mismatch` when more comes than was announced; what `content` throws
 */
export async function receiveDisk(
  file: string,
  content: Readable,
  offset: number,
  total: number,
  onSynced: (bytes: number) => Promise<void>,
): Promise<number> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, offset === 0 ? 'w' : 'r+', 0o600);
  let end = offset;
  let synced = offset;
  const settle = async () => {
    await handle.datasync();
    synced = end;
    await onSynced(end);
  };
  try {
    const { size } = await handle.stat();
    if (size < offset)
      throw new AtelierError('image.upload-mismatch', `only ${size} bytes are here, it cannot go on at ${offset}`, {
        extra: { receivedBytes: size },
      });
    await handle.truncate(offset);
    try {
      for await (const chunk of content as AsyncIterable<Buffer>) {
        if (end + chunk.length > total) {
          // Whoever counts wrong sent something else than the rest of this disk: nothing of it is kept.
          await handle.truncate(offset);
          end = offset;
          await settle();
          throw new AtelierError('image.upload-mismatch', `more than the announced ${total} bytes came`);
        }
        await handle.write(chunk, 0, chunk.length, end);
        end += chunk.length;
        if (end - synced >= stretch) await settle();
      }
    } finally {
      if (end > synced) await settle();
    }
    return end;
  } finally {
    await handle.close();
  }
}
