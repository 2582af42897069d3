import { type ReplacedVersion, repack } from '@atelier/adapters/repository';
import { contentKeys } from '../images/content-keys.ts';
import type { Services, TaskControl } from '../services.ts';
import type { Repository } from './repository.ts';
import { signChannels } from './sign-channels.ts';

type RepackInput = { readonly dryRun: boolean; readonly leastLive: number; readonly mibPerSecond: number };

/** The database follows the repository: a version's manifest is another one now. Told twice, it does nothing. */
async function adoptManifest(services: Services, control: TaskControl, replaced: ReplacedVersion): Promise<void> {
  const { image, version, manifestDigest } = replaced;
  await services.database.withTransaction(async (trx) => {
    const row = await trx
      .selectFrom('image_version')
      .innerJoin('image', 'image.id', 'image_version.image_id')
      .select(['image_version.id', 'image_version.manifest_digest'])
      .where('image.name', '=', image)
      .where('image_version.number', '=', version)
      .where('image_version.state', 'in', ['uploading', 'available', 'retired'])
      .forUpdate('image_version')
      .executeTakeFirst();
    if (!row || row.manifest_digest === manifestDigest) return;
    await trx.updateTable('image_version').set({ manifest_digest: manifestDigest }).where('id', '=', row.id).execute();
    await services.audit.append(
      trx,
      { actor: { kind: 'system' }, correlationId: control.correlationId },
      {
        verb: 'image-version.repack',
        object: { kind: 'image-version', id: row.id, name: `${image}/${version}` },
        before: { manifestDigest: row.manifest_digest },
        after: { manifestDigest },
      },
    );
  });
}

/** The task `repository.repack`: rewrites packs that are mostly waste. `repository.gc` frees their room a day later. */
export function repackTask(services: Services, repository: Repository) {
  return async ({ dryRun, leastLive, mibPerSecond }: RepackInput, control: TaskControl) =>
    await repository.steady(control.signal, async () => {
      const result = await repack({
        store: repository.store,
        signer: repository.signer,
        keys: contentKeys(services),
        dryRun,
        leastLive,
        bytesPerSecond: mibPerSecond === 0 ? undefined : mibPerSecond * 1024 * 1024,
        onReplaced: (version) => adoptManifest(services, control, version),
        resign: async (image) => void (await signChannels(services, repository, image)),
        onProgress: ({ bytesDone, bytesTotal }) =>
          control.progress(bytesTotal === 0 ? null : bytesDone / bytesTotal, 'rewriting packs'),
        signal: control.signal,
      });
      const { packs, versions, savedBytes } = result;
      for (const { digest, length, liveBytes } of packs.slice(0, 500))
        control.log(`${digest}: ${liveBytes} of ${length} bytes are needed`);
      control.log(
        dryRun
          ? `${packs.length} packs would be rewritten, which frees about ${savedBytes} bytes`
          : `${packs.length} packs were rewritten; ${savedBytes} bytes are free with the gc that is run after a day`,
      );
      return { packs: packs.length, versions: versions.length, savedBytes, dryRun };
    });
}
