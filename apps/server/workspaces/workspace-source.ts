import { AtelierError } from '@atelier/domain/errors';
import type { Queries } from '../services.ts';

/** Where a workspace's disk comes from, as people write it. */
export interface WorkspaceSource {
  readonly image: string;
  readonly channel: string | null;
  readonly pinnedVersion: number | null;
}

/**
 * The source as columns of a workspace's row. The channel may still point at nothing; a pinned version must be available.
 * @throws AtelierError `image.not-found`, `image.wrong-state`, `request.invalid`
 */
export async function sourceColumns(queries: Queries, source: WorkspaceSource) {
  const { image: name, channel, pinnedVersion } = source;
  if ((channel === null) === (pinnedVersion === null))
    throw new AtelierError('request.invalid', 'give either a channel or a pinned version', {
      extra: { fields: [{ field: 'body.channel', message: 'exactly one of channel and pinnedVersion is set' }] },
    });
  const image = await queries.selectFrom('image').select('id').where('name', '=', name).executeTakeFirst();
  if (!image) throw new AtelierError('image.not-found', `there is no image ${name}`);
  if (pinnedVersion === null) return { image_id: image.id, channel, pinned_version_id: null };
  const version = await queries
    .selectFrom('image_version')
    .select(['id', 'state'])
    .where('image_id', '=', image.id)
    .where('number', '=', pinnedVersion)
    .where('state', '<>', 'deleted')
    .forShare()
    .executeTakeFirst();
  if (!version) throw new AtelierError('image.not-found', `there is no version ${pinnedVersion} of an image ${name}`);
  if (version.state !== 'available')
    throw new AtelierError(
      'image.wrong-state',
      `version ${pinnedVersion} of ${name} is ${version.state}, not available`,
    );
  return { image_id: image.id, channel: null, pinned_version_id: version.id };
}
