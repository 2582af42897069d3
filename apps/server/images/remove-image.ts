import { removeVersion } from '@atelier/adapters/repository';
import { AtelierError } from '@atelier/domain/errors';
import type { RequestContext } from '../http/handlers.ts';
import { requireRevision } from '../http/revision.ts';
import type { Repository } from '../repository/repository.ts';
import { signChannels } from '../repository/sign-channels.ts';
import type { Services } from '../services.ts';
import { lockImage } from './image-view.ts';
import { removeVersionFiles } from './version-files.ts';

/**
 * Deletes an image with all its versions, of which none may be in use. The highest number is remembered, so that a later
 * image of the same name never gives a number twice.
 *
 * @throws AtelierError `image.not-found`, `image.in-use`, `image.wrong-state`
 */
export async function removeImage(
  services: Services,
  repository: Repository,
  name: string,
  context: RequestContext,
): Promise<void> {
  const versions = await services.database.withTransaction(async (trx) => {
    const image = await lockImage(trx, name);
    requireRevision(context.ifMatch, image.rev);
    const users = await trx.selectFrom('workspace').select('name').where('image_id', '=', image.id).limit(5).execute();
    if (users.length > 0)
      throw new AtelierError('image.in-use', `${name} is used by workspace ${users.map((one) => one.name).join(', ')}`);
    const rows = await trx
      .selectFrom('image_version')
      .select(['id', 'number', 'state'])
      .where('image_id', '=', image.id)
      .execute();
    const busy = rows.find((row) => row.state === 'packing' || row.state === 'uploading');
    if (busy) throw new AtelierError('image.wrong-state', `version ${busy.number} of ${name} is ${busy.state}`);
    const number = Math.max(0, ...rows.map((row) => row.number));
    await trx
      .insertInto('image_number_used')
      .values({ name, number })
      .onConflict((conflict) =>
        conflict
          .column('name')
          .doUpdateSet((eb) => ({ number: eb.fn('greatest', ['excluded.number', 'image_number_used.number']) })),
      )
      .execute();
    await trx.deleteFrom('image').where('id', '=', image.id).execute();
    await services.audit.append(trx, context, {
      verb: 'image.remove',
      object: { kind: 'image', id: image.id, name },
      before: { description: image.description, os: image.os, capabilities: image.capabilities, versions: rows.length },
      after: null,
    });
    return rows;
  });
  // The channels first: what one points to is not removed.
  await signChannels(services, repository, name);
  await repository.steady(context.signal, async () => {
    for (const { number } of versions) await removeVersion({ store: repository.store, image: name, version: number });
  });
  for (const { id } of versions) await removeVersionFiles(services.config.stateDir, id);
}
