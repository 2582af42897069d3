import { setTimeout as sleep } from 'node:timers/promises';
import { encodePackTail, type PackEntry, type PackRow, packMagic, packPath, TrimError } from '@atelier/trim';
import { hashFile } from './check-pack.ts';
import { readPackDirectory, readPackHashes } from './read-pack.ts';
import type { RepositoryStore } from './repository-store.ts';
import { SpoolFile } from './spool-file.ts';

/** Where a frame of a rewritten pack lies now, by its old offset. */
export type RewrittenPack = {
  readonly entry: PackEntry;
  readonly places: ReadonlyMap<number, { readonly offset: number; readonly hashAt: number }>;
};

/**
 * Writes a pack anew with only the frames that are `live`, in the same order, so that indexes keep their numbers. `live` has
 * a 1 at the place of each such frame's first block among the pack's hashes. Stored frames are taken as they are, encrypted
 * ones too; the pack is held against its name first, so damage is never given a new name. Throws `trim.pack-digest`.
 */
export async function rewritePack(request: {
  readonly store: RepositoryStore;
  readonly pack: PackEntry;
  readonly live: Uint8Array;
  readonly key: Uint8Array | undefined;
  readonly placed: (digest: string) => Promise<void>;
  readonly onBytes: (bytes: number) => void;
  readonly bytesPerSecond?: number;
  readonly signal?: AbortSignal;
}): Promise<RewrittenPack> {
  const { store, pack, live, key, signal } = request;
  const path = packPath(pack.digest);
  const pace = pacer(request.bytesPerSecond, signal);
  const digest = await hashFile(store, path, pack.length, signal, pace);
  if (digest !== pack.digest) throw new TrimError('trim.pack-digest', `${path} has sha256 ${digest}: repair it first`);
  const directory = await readPackDirectory(store, path, pack.length, key);
  const hashes = await readPackHashes(store, path, directory, key);
  const file = await SpoolFile.create(store.spoolFolder);
  const rows: PackRow[] = [];
  const parts: Uint8Array[] = [];
  const places = new Map<number, { readonly offset: number; readonly hashAt: number }>();
  try {
    await file.append(Buffer.from(packMagic));
    let offset = packMagic.length;
    let hashAt = 0;
    let blocks = 0;
    for (const row of directory.rows) {
      if (live[hashAt] === 1) {
        signal?.throwIfAborted();
        places.set(offset, { offset: file.length, hashAt: blocks });
        await file.append(await store.readRange(path, offset, row.length));
        rows.push(row);
        parts.push(hashes.subarray(hashAt * 32, (hashAt + row.blocks) * 32));
        blocks += row.blocks;
        request.onBytes(row.length);
        await pace(row.length);
      }
      offset += row.length;
      hashAt += row.blocks;
    }
    const hashesOffset = file.length;
    await file.append(encodePackTail(hashesOffset, rows, Buffer.concat(parts), key));
    const fresh = await file.finish();
    await store.writeImmutable(packPath(fresh), { spoolFile: file.path });
    await request.placed(fresh);
    return { entry: { digest: fresh, length: file.length, frames: rows.length, blocks, hashesOffset }, places };
  } catch (error) {
    await file.discard();
    throw error;
  }
}

/** A call that is told of bytes and waits so long that they keep to a rate. */
function pacer(bytesPerSecond: number | undefined, signal: AbortSignal | undefined) {
  const began = performance.now();
  let done = 0;
  return async (bytes: number): Promise<void> => {
    done += bytes;
    if (!bytesPerSecond) return;
    const ahead = (done / bytesPerSecond) * 1000 - (performance.now() - began);
    if (ahead > 20) await sleep(ahead, undefined, { signal });
  };
}
