import type { imageEndpoints } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import { limits } from '@atelier/trim';
import type { Handlers } from '../http/handlers.ts';
import { requireRevision } from '../http/revision.ts';
import type { Repository } from '../repository/repository.ts';
import { signChannels } from '../repository/sign-channels.ts';
import type { Origin, Services } from '../services.ts';
import { lockImage, readImage } from './image-view.ts';
import { lockVersion } from './version-view.ts';

const nameOf = ({ actor }: Origin): string =>
  actor.kind === 'user' || actor.kind === 'device' ? actor.name : actor.kind;

/**
 * Points `channel` of image `name` at an available version, and signs it. Does nothing when it points there already.
 * @throws AtelierError `image.not-found`, `image.wrong-state`
 */
export async function promoteVersion(
  services: Services,
  repository: Repository,
  target: { readonly name: string; readonly channel: string; readonly number: number },
  origin: Origin & { readonly ifMatch?: number | undefined },
): Promise<void> {
  const { name, channel, number } = target;
  const moved = await services.database.withTransaction(async (trx) => {
    const image = await lockImage(trx, name);
    requireRevision(origin.ifMatch, image.rev);
    const version = await lockVersion(trx, name, number);
    if (version.state !== 'available')
      throw new AtelierError('image.wrong-state', `version ${number} of ${name} is ${version.state}, not available`);
    const channels = await trx
      .selectFrom('image_channel')
      .innerJoin('image_version', 'image_version.id', 'image_channel.version_id')
      .select(['image_channel.name', 'image_channel.version_id', 'image_version.number'])
      .where('image_channel.image_id', '=', image.id)
      .execute();
    const before = channels.find((one) => one.name === channel);
    if (before?.version_id === version.id) return false;
    if (!before && channels.length >= limits.channels)
      throw new AtelierError('request.invalid', `an image has ${limits.channels} channels at most`);
    const row = { image_id: image.id, name: channel, version_id: version.id, moved_by: nameOf(origin) };
    await trx
      .insertInto('image_channel')
      .values(row)
      .onConflict((conflict) =>
        conflict.columns(['image_id', 'name']).doUpdateSet({ version_id: row.version_id, moved_by: row.moved_by }),
      )
      .execute();
    await services.audit.append(trx, origin, {
      verb: 'image.promote',
      object: { kind: 'image', id: image.id, name },
      before: { [`channels.${channel}`]: before?.number ?? null },
      after: { [`channels.${channel}`]: number },
    });
    return true;
  });
  await signChannels(services, repository, name);
  if (!moved) return;
  services.events.emit('server.channel-moved', {
    detail: `channel ${channel} of ${name} points at version ${number}`,
    userName: nameOf(origin),
    correlationId: origin.correlationId,
    data: { image: name, channel, version: number },
  });
}

/** Channels: the moving pointers of an image. */
export function channelHandlers(
  services: Services,
  repository: Repository,
): Pick<Handlers<typeof imageEndpoints>, 'promote' | 'removeChannel'> {
  return {
    promote: async ({ params, body }, context) => {
      const target = { name: params.name, channel: params.channel, number: body.version };
      await promoteVersion(services, repository, target, context);
      return await readImage(services.db, params.name);
    },

    removeChannel: async ({ params: { name, channel } }, context) => {
      await services.database.withTransaction(async (trx) => {
        const image = await lockImage(trx, name);
        requireRevision(context.ifMatch, image.rev);
        const user = await trx
          .selectFrom('workspace')
          .select('name')
          .where('image_id', '=', image.id)
          .where('channel', '=', channel)
          .executeTakeFirst();
        if (user)
          throw new AtelierError('image.in-use', `workspace ${user.name} follows channel ${channel} of ${name}`);
        const gone = await trx
          .deleteFrom('image_channel')
          .where('image_id', '=', image.id)
          .where('name', '=', channel)
          .returning('version_id')
          .executeTakeFirst();
        if (!gone) throw new AtelierError('image.not-found', `image ${name} has no channel ${channel}`);
        await services.audit.append(trx, context, {
          verb: 'image.remove-channel',
          object: { kind: 'image', id: image.id, name },
          before: { [`channels.${channel}`]: gone.version_id },
          after: { [`channels.${channel}`]: null },
        });
      });
      await signChannels(services, repository, name);
    },
  };
}
