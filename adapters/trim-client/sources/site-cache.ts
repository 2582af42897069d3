import type { RepositoryAccess } from '../fetch-types.ts';
import { RepositoryReader } from '../repository-reader.ts';
import type { MirrorSpeeds } from './mirror-speeds.ts';
import type { PackCache } from './pack-cache.ts';
import { type PullThrough, pullThrough } from './pull-through.ts';

/** What makes an endpoint fetch for others what it does not have. */
export type SiteCache = PullThrough & { readonly close: () => void };

/** Pulls from the repository into `cache`, at most as fast as `bytesPerSecond` says. */
export function openSiteCache(options: {
  readonly cache: PackCache;
  readonly access: RepositoryAccess;
  readonly speeds: MirrorSpeeds;
  readonly bytesPerSecond?: () => number | undefined;
  readonly onDamaged?: (path: string) => void;
  readonly signal: AbortSignal;
}): SiteCache {
  const { cache, onDamaged } = options;
  const reader = new RepositoryReader({ ...options, cache: undefined, parallel: 8 });
  return { ...pullThrough(cache, reader, onDamaged), close: () => reader.close() };
}
