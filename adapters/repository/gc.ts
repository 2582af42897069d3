import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { indexPathOf, TrimError } from '@atelier/trim';
import { gcLeasePath, liveLeases, takeLease } from './lease.ts';
import { readLatest, readRoot } from './read-repository.ts';
import type { RepositoryStore } from './repository-store.ts';
import { scanRepository } from './scan-repository.ts';

export type GcRequest = {
  readonly store: RepositoryStore;
  /** only tell what would go */
  readonly dryRun?: boolean;
  /** files younger than this stay, for the sake of clients that fetch a version just removed; a day unless told */
  readonly graceMs?: number;
  /** manifests that were replaced when packs were rewritten stay this long, with all they name; a day unless told */
  readonly keptMs?: number;
  readonly now?: () => Date;
};

export type GcResult = {
  /** paths that were removed, or would be */
  readonly removed: readonly string[];
  readonly freedBytes: number;
  /** files that nothing names but that are too young to go */
  readonly kept: readonly string[];
};

/**
 * Removes packs, deltas and indexes that no manifest names any more, and replaced manifests that no channel names and whose
 * time is over. Throws `trim.busy` while something is being published
 * (whose packs no manifest names yet), and touches nothing at all when some manifest cannot be read: what it named is not
 * known then.
 */
export async function gc(request: GcRequest): Promise<GcResult> {
  const day = 24 * 60 * 60 * 1000;
  const { store, dryRun = false, graceMs = day, keptMs = day, now = () => new Date() } = request;
  const lease = await takeLease(store, gcLeasePath, 'gc');
  try {
    // after our lease is there: a publish that starts now waits for us, one that was there before makes us give way
    const busy = (await liveLeases(store)).find(({ kind }) => kind === 'publish');
    if (busy)
      throw new TrimError(
        'trim.busy',
        `something is being published (${busy.path}, process ${busy.pid} on ${busy.host})`,
      );
    const scan = await scanRepository(store, await readRoot(store));
    const [broken] = scan.unreadable;
    if (broken)
      throw new TrimError('trim.format', `${broken.path} cannot be read, so nothing was removed`, {
        cause: broken.error,
      });
    const pinned = await pinnedManifests(store, scan.images);
    const lapsed = scan.kept.filter(
      ({ digest, modified }) => modified <= now().getTime() - keptMs && !pinned.has(digest),
    );
    const live = new Set<string>();
    for (const one of [...scan.manifests, ...scan.kept.filter((one) => !lapsed.includes(one))]) {
      const { manifest } = one;
      live.add(indexPathOf(manifest));
      for (const { digest } of manifest.packs) live.add(scan.packs.get(digest)?.path ?? '');
      for (const { digest } of manifest.deltas) live.add(scan.deltas.get(digest)?.path ?? '');
    }
    const dead = [...scan.packs.values(), ...scan.deltas.values(), ...scan.indexes].filter(
      ({ path }) => !live.has(path),
    );
    const limit = now().getTime() - graceMs;
    const old = dead.filter(({ modified }) => modified <= limit);
    if (!dryRun) {
      // manifests before what they name
      for (const { path } of lapsed) await store.remove(path);
      for (const { path } of old) await store.remove(path);
      await clearSpool(store.spoolFolder, limit);
    }
    return {
      removed: [...lapsed, ...old].map(({ path }) => path),
      freedBytes: old.reduce((sum, { size }) => sum + size, 0),
      kept: dead.filter(({ modified }) => modified > limit).map(({ path }) => path),
    };
  } finally {
    await lease.release();
  }
}

/** Manifests (by sha256) that channels name. */
async function pinnedManifests(store: RepositoryStore, images: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const pinned = new Set<string>();
  for (const image of images)
    for (const { manifest } of Object.values((await readLatest({ store, image }))?.channels ?? {}))
      pinned.add(manifest);
  return pinned;
}

/** Files that interrupted runs left on their way into the store. */
async function clearSpool(folder: string, limit: number): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found && found.mtimeMs <= limit) await rm(path, { recursive: true, force: true });
  }
}
