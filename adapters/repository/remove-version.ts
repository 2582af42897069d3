import { checkName, checkVersion, indexPath, manifestPath, parseRepositoryPath, TrimError } from '@atelier/trim';
import { readLatest } from './read-repository.ts';
import type { RepositoryStore } from './repository-store.ts';

/**
 * Takes a version out of the repository: its manifest first, with which it is gone, then its index. What only it needed of
 * packs and deltas goes with the next `gc`. Throws `trim.in-use` while a channel points to it; nothing happens when there is
 * no such version.
 */
export async function removeVersion(request: {
  readonly store: RepositoryStore;
  readonly image: string;
  readonly version: number;
}): Promise<void> {
  const { store } = request;
  const image = checkName(request.image, 'image');
  const version = checkVersion(request.version);
  const latest = await readLatest({ store, image });
  for (const [channel, target] of Object.entries(latest?.channels ?? {}))
    if (target.version === version)
      throw new TrimError('trim.in-use', `channel ${channel} of ${image} points to version ${version}`);
  await store.remove(manifestPath(image, version));
  await store.remove(indexPath(image, version));
  for await (const { path } of store.list(`images/${image}/`)) {
    const found = parseRepositoryPath(path);
    if ((found?.kind === 'kept-manifest' || found?.kind === 'kept-index') && found.version === version)
      await store.remove(path);
  }
}
