import { createHash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TrimError, trimIoError } from '@atelier/trim';
import type { RepositorySource } from './repository-source.ts';
import type { RepositoryStore } from './repository-store.ts';

export type CopyRequest = {
  readonly source: RepositorySource;
  readonly store: RepositoryStore;
  readonly path: string;
  /** sha256 of the content, hex: the name of a pack or delta */
  readonly digest: string;
  readonly length: number;
  /** puts the file in place of one that is there and damaged */
  readonly replace?: boolean;
  /** bytes that are written from now on, and those that an earlier run had fetched */
  readonly onBytes?: (fresh: number, resumed: number) => void;
  readonly bytesPerSecond?: number;
  readonly signal?: AbortSignal;
};

/**
 * Copies a file that is named by its content into a store, where it appears only when it is whole and verified. What an
 * interrupted copy has fetched lies in the spool folder and is gone on from. Throws `trim.pack-digest` when the source holds
 * something else, `trim.not-found`, `trim.disk-full`, and what the source throws.
 */
export async function copyFile(request: CopyRequest): Promise<void> {
  const { store, path, digest, source } = request;
  const spoolFile = join(store.spoolFolder, `copy-${digest}`);
  for (let attempt = 1; ; attempt++) {
    const resumed = await fetchRest(request, spoolFile);
    if (resumed.digest === digest) break;
    await rm(spoolFile, { force: true });
    // what an earlier run left may be what is damaged; a fresh copy that is wrong is the source's fault
    if (attempt === 2 || resumed.from === 0)
      throw new TrimError('trim.pack-digest', `${path} at ${source.address} has sha256 ${resumed.digest}`);
  }
  if (request.replace) await store.replace(path, { spoolFile });
  else await store.writeImmutable(path, { spoolFile });
}

/** Completes the spool file; gives the sha256 of all of it, and where it was gone on from. */
async function fetchRest(request: CopyRequest, spoolFile: string) {
  const { source, path, length, signal, bytesPerSecond, onBytes } = request;
  const file = await open(spoolFile, 'a+', 0o644).catch((error) =>
    Promise.reject(trimIoError(error, 'the repository cannot be written')),
  );
  const hash = createHash('sha256');
  try {
    const size = (await file.stat()).size;
    const from = size > length ? 0 : size;
    if (from !== size) await file.truncate(0);
    await hashStart(file, from, hash, signal);
    onBytes?.(0, from);
    let at = from;
    const began = performance.now();
    if (at < length)
      for await (const piece of source.stream(path, at, signal)) {
        signal?.throwIfAborted();
        if (at + piece.length > length)
          throw new TrimError('trim.pack-digest', `${path} at ${source.address} has more than ${length} bytes`);
        await file.appendFile(piece).catch((error) => Promise.reject(trimIoError(error, `${path} cannot be written`)));
        hash.update(piece);
        at += piece.length;
        onBytes?.(piece.length, 0);
        if (bytesPerSecond) {
          const ahead = ((at - from) / bytesPerSecond) * 1000 - (performance.now() - began);
          if (ahead > 20) await sleep(ahead, undefined, { signal });
        }
      }
    if (at < length)
      throw new TrimError('trim.network', `${path} at ${source.address} ended at byte ${at} of ${length}`);
    return { digest: hash.digest('hex'), from };
  } finally {
    await file.close();
  }
}

async function hashStart(file: FileHandle, length: number, hash: ReturnType<typeof createHash>, signal?: AbortSignal) {
  const piece = Buffer.allocUnsafe(1024 * 1024);
  for (let at = 0; at < length; ) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(piece, 0, Math.min(piece.length, length - at), at);
    if (bytesRead === 0) throw new TrimError('trim.io', 'a spool file became shorter while it was read');
    hash.update(piece.subarray(0, bytesRead));
    at += bytesRead;
  }
}
