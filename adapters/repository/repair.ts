import { checkIndexFile, indexPathOf, limits, openManifest, parseRepositoryPath } from '@atelier/trim';
import { copyFile } from './copy-file.ts';
import type { Finding } from './finding.ts';
import { readRoot } from './read-repository.ts';
import type { RepositorySource } from './repository-source.ts';
import type { RepositoryStore } from './repository-store.ts';
import { scanRepository } from './scan-repository.ts';

/**
 * Puts good copies from another repository in place of packs, deltas, indexes and manifests that `fsck` found missing or
 * damaged. Only what is verified against a signature or a digest that is known here is taken, so nothing can become worse. Gives the paths
 * that were repaired; run `fsck` again afterwards.
 */
export async function repair(request: {
  readonly store: RepositoryStore;
  readonly source: RepositorySource;
  readonly findings: readonly Finding[];
  readonly signal?: AbortSignal;
}): Promise<readonly string[]> {
  const { store, source, findings, signal } = request;
  const root = await readRoot(store);
  const repaired: string[] = [];
  for (const { path } of findings.filter(({ severity }) => severity === 'error')) {
    const place = parseRepositoryPath(path);
    if (place?.kind !== 'manifest' || repaired.includes(path)) continue;
    const file = await source.read(path, limits.manifestFile, signal);
    if (!file || !isManifest(() => openManifest(file, root, place.image, place.version))) continue;
    await store.replace(path, file);
    repaired.push(path);
  }
  const wrong = new Set(findings.map(({ path }) => path));
  for (const { manifest } of (await scanRepository(store, root)).manifests) {
    const contents = [
      ...manifest.packs.map((pack) => ({ ...pack, path: `packs/${pack.digest}.pack` })),
      ...manifest.deltas.map((delta) => ({ ...delta, path: `deltas/${delta.digest}.pack` })),
    ];
    for (const { path, digest, length } of contents) {
      signal?.throwIfAborted();
      if (!wrong.has(path) || repaired.includes(path)) continue;
      await copyFile({ source, store, path, digest, length, replace: true, signal });
      repaired.push(path);
    }
    const path = indexPathOf(manifest);
    const index = wrong.has(path) ? await source.read(path, manifest.index.length, signal) : undefined;
    if (!index) continue;
    checkIndexFile(index, manifest.index);
    await store.replace(path, index);
    repaired.push(path);
  }
  return repaired;
}

function isManifest(open: () => unknown): boolean {
  try {
    open();
    return true;
  } catch {
    return false;
  }
}
