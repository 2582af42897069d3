import type { Image } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import type { CapabilityId } from '@atelier/domain/images';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Queries } from '../services.ts';

/** Images with everything that people see of them. Deleted versions do not count. */
export const imageQuery = (queries: Queries) =>
  queries.selectFrom('image').select((eb) => [
    'image.id',
    'image.name',
    'image.description',
    'image.os',
    'image.capabilities',
    'image.created_at',
    'image.rev',
    eb
      .selectFrom('image_version')
      .select((one) => one.fn.max('number').as('latest'))
      .whereRef('image_version.image_id', '=', 'image.id')
      .where('image_version.state', '=', 'available')
      .as('latest_version'),
    eb
      .selectFrom('image_version')
      .select((one) => one.fn.countAll().as('count'))
      .whereRef('image_version.image_id', '=', 'image.id')
      .where('image_version.state', '<>', 'deleted')
      .as('version_count'),
    jsonArrayFrom(
      eb
        .selectFrom('image_key')
        .select(['image_key.key_id', 'image_key.created_at'])
        .whereRef('image_key.image_id', '=', 'image.id')
        .orderBy('image_key.number', 'desc'),
    ).as('keys'),
    jsonArrayFrom(
      eb
        .selectFrom('image_channel')
        .innerJoin('image_version', 'image_version.id', 'image_channel.version_id')
        .select(['image_channel.name', 'image_version.number', 'image_channel.updated_at', 'image_channel.moved_by'])
        .whereRef('image_channel.image_id', '=', 'image.id')
        .orderBy('image_channel.name'),
    ).as('channels'),
  ]);

export type ImageRow = Awaited<ReturnType<ReturnType<typeof imageQuery>['execute']>>[number];

/** A row of {@link imageQuery} as the contract shows it. */
export function imageView(row: ImageRow): Image {
  const [key] = row.keys;
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    os: row.os,
    capabilities: row.capabilities as CapabilityId[],
    channels: row.channels.map((channel) => ({
      name: channel.name,
      version: channel.number,
      movedAt: new Date(channel.updated_at).toISOString(),
      movedBy: channel.moved_by,
    })),
    latestVersion: row.latest_version === null ? null : Number(row.latest_version),
    versionCount: Number(row.version_count),
    encryption: key
      ? { keyId: key.key_id, since: new Date(key.created_at).toISOString(), keys: row.keys.length }
      : null,
    createdAt: row.created_at.toISOString(),
    rev: row.rev,
  };
}

/** The image called `name`. @throws AtelierError `image.not-found` */
export async function readImage(queries: Queries, name: string): Promise<Image> {
  const row = await imageQuery(queries).where('image.name', '=', name).executeTakeFirst();
  if (!row) throw new AtelierError('image.not-found', `there is no image ${name}`);
  return imageView(row);
}

/** The image's row, locked until the transaction ends. @throws AtelierError `image.not-found` */
export async function lockImage(queries: Queries, name: string) {
  const row = await queries.selectFrom('image').selectAll().where('name', '=', name).forUpdate().executeTakeFirst();
  if (!row) throw new AtelierError('image.not-found', `there is no image ${name}`);
  return row;
}
