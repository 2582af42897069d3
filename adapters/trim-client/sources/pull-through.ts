import { parseRepositoryPath } from '@atelier/trim';
import type { RepositoryReader } from '../repository-reader.ts';
import { mayBeCached, type PackCache } from './pack-cache.ts';

/** What is fetched at a time for others; stretches begin at multiples of it, so that two who want the same share one. */
const stepBytes = 1024 * 1024;

/** Fetches what the cache lacks of a file, for a site cache. */
export type PullThrough = {
  /** Brings bytes from `at` on into the cache, at least one and none behind `end`. Throws when the repository has none. */
  readonly pull: (path: string, at: number, end: number) => Promise<void>;
};

/**
 * Pulls through `reader`. What comes is not yet verified: it cannot be, for whoever asks knows the frames and this computer
 * does not have the key of encrypted ones. The one who asks verifies it. A pack that is here as a whole is held against its
 * name, which is the sha256 of its content, and forgotten when it is not that.
 */
export function pullThrough(
  cache: PackCache,
  reader: RepositoryReader,
  onDamaged: (path: string) => void = () => undefined,
): PullThrough {
  const underWay = new Map<string, Promise<void>>();

  const fetchStep = async (path: string, at: number, end: number) => {
    const recording = cache.record(path, at);
    const { bytes, total } = await reader.atMost(path, at, end - at);
    await recording?.add(bytes);
    await recording?.keep();
    if (total !== undefined && cache.held(path, 0, total) === total) await verifyWhole(path, total);
  };
  const verifyWhole = async (path: string, total: number) => {
    const place = parseRepositoryPath(path);
    if (place?.kind !== 'pack' && place?.kind !== 'delta') return;
    const digest = await cache.digestOf(path, total);
    if (digest === undefined || digest === place.digest) return;
    await cache.remove(path);
    onDamaged(path);
  };

  return {
    pull: async (path, at, end) => {
      if (!mayBeCached(path)) throw new Error(`${path.slice(0, 200)} is not kept here`);
      const stop = Math.min(end, (Math.floor(at / stepBytes) + 1) * stepBytes);
      const key = `${path}:${at}-${stop}`;
      const going = underWay.get(key) ?? fetchStep(path, at, stop).finally(() => underWay.delete(key));
      underWay.set(key, going);
      await going;
    },
  };
}
