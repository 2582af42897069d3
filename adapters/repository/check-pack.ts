import { createHash } from 'node:crypto';
import type { ThreadPool } from '@atelier/adapters/thread-pool';
import { type PackRow, packMagic, parseRepositoryPath } from '@atelier/trim';
import type { FindingCode } from './finding.ts';
import type { StoredFrame, VerifyTask } from './pack-tasks.ts';
import { readPackDirectory, readPackFooter } from './read-pack.ts';
import type { RepositoryStore } from './repository-store.ts';

export type PackCheck = {
  readonly depth: 'frames' | 'form' | 'name';
  readonly key?: Uint8Array;
  readonly signal?: AbortSignal;
};

type Wrong = { readonly code: FindingCode; readonly message: string };

/**
 * Holds a pack or delta against its name and the length that a manifest says. `depth` says how far a pack is looked into:
 * `frames` opens every frame (with `key` where they are encrypted), `form` holds its footer against its length, `name` is all
 * that there is for deltas.
 */
export async function checkPack(
  store: RepositoryStore,
  pool: ThreadPool,
  path: string,
  length: number,
  { depth, key, signal }: PackCheck,
): Promise<readonly Wrong[]> {
  const found = await store.stat(path);
  if (!found) return [{ code: 'fsck.pack-missing', message: 'it is not there' }];
  const wrong: Wrong[] = [];
  const parsed = parseRepositoryPath(path);
  const digest = await hashFile(store, path, found.size, signal);
  if (found.size !== length || !parsed || !('digest' in parsed) || parsed.digest !== digest)
    wrong.push({ code: 'fsck.pack-digest', message: `it has ${found.size} bytes and sha256 ${digest}` });
  if (depth !== 'name')
    try {
      if (depth === 'form') await readPackFooter(store, path, found.size);
      else wrong.push(...(await checkFrames(store, pool, path, found.size, key, signal)));
    } catch (error) {
      wrong.push({ code: 'fsck.frame', message: (error as Error).message });
    }
  return wrong;
}

async function checkFrames(
  store: RepositoryStore,
  pool: ThreadPool,
  path: string,
  size: number,
  key: Uint8Array | undefined,
  signal: AbortSignal | undefined,
): Promise<readonly Wrong[]> {
  const { rows } = await readPackDirectory(store, path, size, key);
  const wrong: Wrong[] = [];
  const running = new Set<Promise<void>>();
  let offset = packMagic.length;
  for (let number = 0; number < rows.length; ) {
    signal?.throwIfAborted();
    const places: number[] = [];
    const chain: StoredFrame[] = [];
    const first = number;
    do {
      const { length, blocks, prefix = 0, digest } = rows[number] as PackRow;
      places.push(offset);
      chain.push({ stored: await store.readRange(path, offset, length), blocks, prefix, digest: digest.slice() });
      offset += length;
      number++;
    } while ((rows[number]?.prefix ?? 0) > 0);
    const task: VerifyTask = { kind: 'verify', chain, key };
    const one: Promise<void> = pool
      .run<readonly (string | undefined)[]>(task)
      .then((whys) => {
        for (const [i, why] of whys.entries())
          if (why !== undefined)
            wrong.push({ code: 'fsck.frame', message: `frame ${first + i} at byte ${places[i]}: ${why}` });
      })
      .finally(() => running.delete(one));
    running.add(one);
    if (running.size > pool.threads) await Promise.race(running);
  }
  await Promise.all(running);
  return wrong;
}

/** The sha256 of a file in the store, in hex. */
export async function hashFile(
  store: RepositoryStore,
  path: string,
  size: number,
  signal: AbortSignal | undefined,
  pace?: (bytes: number) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256');
  const step = 4 * 1024 * 1024;
  for (let at = 0; at < size; at += step) {
    signal?.throwIfAborted();
    const piece = await store.readRange(path, at, Math.min(step, size - at));
    hash.update(piece);
    await pace?.(piece.length);
  }
  return hash.digest('hex');
}
