import { type RepositoryStore, readManifest, readRoot } from '@atelier/adapters/repository';
import { AtelierError } from '@atelier/domain/errors';
import { deltaPath, indexPath, type Manifest, manifestPath, packPath } from '@atelier/trim';
import type { Repository } from '../repository/repository.ts';
import type { Services, TaskControl } from '../services.ts';
import { copyIntoStore } from './copy-into-store.ts';
import { discardPacked } from './pack-task.ts';
import { removeWorkFiles } from './version-files.ts';
import type { VersionRow } from './version-view.ts';
import { moveByTask, workOnVersion } from './work-on-version.ts';

/** Every file that a version needs but its manifest: content first, so that a manifest never names what is not there. */
const partsOf = (manifest: Manifest): readonly { readonly path: string; readonly length: number }[] => [
  ...manifest.packs.map((pack) => ({ path: packPath(pack.digest), length: pack.length })),
  ...manifest.deltas.map((delta) => ({ path: deltaPath(delta.digest), length: delta.length })),
  { path: indexPath(manifest.image, manifest.version), length: manifest.index.length },
];

/** Copies what the repository lacks. Throws when neither place has a part: the repository was cleaned since it was packed. */
async function copyParts(
  own: RepositoryStore,
  target: RepositoryStore,
  manifest: Manifest,
  control: TaskControl,
): Promise<void> {
  const parts = partsOf(manifest);
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  let done = 0;
  for (const { path, length } of parts) {
    control.signal.throwIfAborted();
    const there = await target.stat(path);
    if (there?.size !== length) {
      if (!(await own.stat(path)))
        throw new AtelierError(
          'image.wrong-state',
          `${path} is not in the repository any more: pack the version again`,
        );
      await copyIntoStore(own, target, path, control.signal);
    }
    done += length;
    control.progress(total === 0 ? null : (done / total) * 0.98, 'copying into the repository');
  }
}

async function push(
  services: Services,
  repository: Repository,
  version: VersionRow,
  control: TaskControl,
): Promise<Manifest> {
  const { image_name: image, number } = version;
  const { own, store } = await repository.staging(version.id);
  const { manifest, digest } = await readManifest(store, await readRoot(store), image, number);
  if (digest !== version.manifest_digest)
    throw new AtelierError('image.wrong-state', 'what lies here is not what was packed: pack the version again');
  await repository.steady(control.signal, async () => {
    await copyParts(own, repository.store, manifest, control);
    // With its manifest the version exists for clients; the database follows before anything can be cleaned away.
    await copyIntoStore(own, repository.store, manifestPath(image, number), control.signal);
    await moveByTask(services, control.correlationId, version.id, 'uploaded', {
      available_at: new Date(),
      error: null,
    });
  });
  return manifest;
}

/** An image offers what its newest available version offers. */
async function adoptCapabilities(services: Services, version: VersionRow): Promise<void> {
  await services.db
    .updateTable('image')
    .set({ capabilities: version.capabilities })
    .where('id', '=', version.image_id)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('image_version')
            .select('id')
            .whereRef('image_version.image_id', '=', 'image.id')
            .where('state', '=', 'available')
            .where('number', '>', version.number),
        ),
      ),
    )
    .execute();
}

/** The task `image.push`: copies a packed version into the repository, its manifest last. */
export function pushTask(services: Services, repository: Repository) {
  return async ({ versionId }: { readonly versionId: string }, control: TaskControl) => {
    const result = await workOnVersion(services, versionId, 'uploading', control, async (version) => {
      try {
        await push(services, repository, version, control);
      } catch (error) {
        const again = error instanceof AtelierError && error.code === 'image.wrong-state';
        if (again) await discardPacked(repository, versionId);
        throw error;
      }
      await adoptCapabilities(services, version);
      services.events.emit('server.version-available', {
        detail: `version ${version.number} of ${version.image_name}`,
        correlationId: control.correlationId,
        data: { image: version.image_name, version: version.number },
      });
      return { image: version.image_name, version: version.number };
    });
    await removeWorkFiles(services.config.stateDir, versionId);
    return result;
  };
}
