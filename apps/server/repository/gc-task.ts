import { gc, removeVersion } from '@atelier/adapters/repository';
import { manifestPath, parseRepositoryPath } from '@atelier/trim';
import type { Services, TaskControl } from '../services.ts';
import type { Repository } from './repository.ts';

/** Removes manifests of versions that the database calls deleted or does not know: a crash may have come between the two. */
async function finishDeletions(services: Services, repository: Repository, control: TaskControl): Promise<void> {
  const rows = await services.db
    .selectFrom('image_version')
    .innerJoin('image', 'image.id', 'image_version.image_id')
    .select(['image.name', 'image_version.number'])
    .where('image_version.state', 'in', ['uploading', 'available', 'retired'])
    .execute();
  const wanted = new Set(rows.map((row) => manifestPath(row.name, row.number)));
  for await (const { path } of repository.store.list('images/')) {
    const found = parseRepositoryPath(path);
    if (found?.kind !== 'manifest' || wanted.has(path)) continue;
    control.log(`removing version ${found.version} of ${found.image}, which was deleted`);
    await removeVersion({ store: repository.store, image: found.image, version: found.version });
  }
}

/** How long clients may read what `repository.repack` has replaced: longer than any credential and most transfers, in milliseconds. */
const keptForMs = 24 * 3_600_000;

/** The task `repository.gc`: removes what no version needs. With `dryRun` it only counts. */
export function gcTask(services: Services, repository: Repository) {
  return async ({ dryRun }: { readonly dryRun: boolean }, control: TaskControl) =>
    await repository.exclusive(control.signal, async () => {
      if (!dryRun) await finishDeletions(services, repository, control);
      // No push runs meanwhile, so what is unnamed now was left by a crash: no grace is needed. What was rewritten is still read.
      const { removed, kept, freedBytes } = await gc({
        store: repository.store,
        dryRun,
        graceMs: 0,
        keptMs: keptForMs,
      });
      const counts = { removed: count(removed), kept: count(kept), freedBytes, dryRun };
      control.log(`${dryRun ? 'would remove' : 'removed'} ${counts.removed} files, ${freedBytes} bytes`);
      return counts;
    });
}

const count = (files: number | readonly unknown[]): number => (typeof files === 'number' ? files : files.length);
