import type { ImageVersion } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import type { CapabilityId } from '@atelier/domain/images';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Queries } from '../services.ts';

/** Versions with everything that people see of them; deleted ones are gone. */
export const versionQuery = (queries: Queries) =>
  queries
    .selectFrom('image_version')
    .innerJoin('image', 'image.id', 'image_version.image_id')
    .leftJoin('people_user', 'people_user.id', 'image_version.created_by')
    .selectAll('image_version')
    .select((eb) => [
      'image.name as image_name',
      'people_user.name as creator',
      jsonArrayFrom(
        eb
          .selectFrom('image_channel')
          .select('image_channel.name')
          .whereRef('image_channel.version_id', '=', 'image_version.id')
          .orderBy('image_channel.name'),
      ).as('channels'),
    ])
    .where('image_version.state', '<>', 'deleted');

export type VersionRow = Awaited<ReturnType<ReturnType<typeof versionQuery>['execute']>>[number];

/** Why a version failed, as the row keeps it. */
export interface VersionError {
  readonly code: string;
  readonly detail: string;
}

/** A row of {@link versionQuery} as the contract shows it. */
export function versionView(row: VersionRow): ImageVersion {
  const error = row.error as VersionError | null;
  return {
    id: row.id,
    image: row.image_name,
    number: row.number,
    state: row.state,
    notes: row.notes,
    capabilities: row.capabilities as CapabilityId[],
    sourceFormat: row.source_format ?? 'raw',
    diskBytes: row.image_size,
    uploadBytes: row.upload_bytes,
    receivedBytes: row.received_bytes,
    packedBytes: row.file_size,
    manifestDigest: row.manifest_digest,
    deltaBytes: { ...row.delta_bytes },
    error: error && `${error.detail} (${error.code})`,
    createdBy: row.creator ?? 'system',
    createdAt: row.created_at.toISOString(),
    availableAt: row.available_at?.toISOString() ?? null,
    channels: row.channels.map((channel) => channel.name),
    rev: row.rev,
  };
}

const missing = (name: string, number: number) =>
  new AtelierError('image.not-found', `there is no version ${number} of an image ${name}`);

/** Version `number` of image `name`. @throws AtelierError `image.not-found` */
export async function readVersionRow(queries: Queries, name: string, number: number): Promise<VersionRow> {
  const row = await versionQuery(queries)
    .where('image.name', '=', name)
    .where('image_version.number', '=', number)
    .executeTakeFirst();
  if (!row) throw missing(name, number);
  return row;
}

/** The version as people see it. @throws AtelierError `image.not-found` */
export const readVersion = async (queries: Queries, name: string, number: number): Promise<ImageVersion> =>
  versionView(await readVersionRow(queries, name, number));

/** The version's row, locked until the transaction ends. @throws AtelierError `image.not-found` */
export async function lockVersion(queries: Queries, name: string, number: number): Promise<VersionRow> {
  const row = await versionQuery(queries)
    .where('image.name', '=', name)
    .where('image_version.number', '=', number)
    .forUpdate('image_version')
    .executeTakeFirst();
  if (!row) throw missing(name, number);
  return row;
}
