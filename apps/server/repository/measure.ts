import type { RepositoryStore } from '@atelier/adapters/repository';

/** Bytes and files of a repository; walks it at most once a minute. */
export function repositoryMeter(store: RepositoryStore, now: () => number = Date.now) {
  let last: Promise<{ readonly bytes: number; readonly files: number }> | undefined;
  let at = Number.NEGATIVE_INFINITY;
  const walk = async () => {
    let bytes = 0;
    let files = 0;
    for await (const entry of store.list('')) {
      if (entry.path.startsWith('.')) continue;
      bytes += entry.size;
      files += 1;
    }
    return { bytes, files };
  };
  return (fresh = false) => {
    if (!last || fresh || now() - at > 60_000) {
      at = now();
      last = walk();
      last.catch(() => {
        last = undefined;
      });
    }
    return last;
  };
}
