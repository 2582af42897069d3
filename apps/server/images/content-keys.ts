import { randomBytes } from 'node:crypto';
import type { ContentKeys } from '@atelier/adapters/repository';
import type { Image } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import type { RequestContext } from '../http/handlers.ts';
import { requireRevision } from '../http/revision.ts';
import type { Origin, Services } from '../services.ts';
import { grantedWorkspaces } from '../workspaces/index.ts';
import { lockImage, readImage } from './image-view.ts';

/** A content key by its name. */
type NamedKey = { readonly keyId: string; readonly number: number };

const secretOf = (keyId: string) => `image-key/${keyId}`;

/** Makes a content key and keeps it sealed; its row makes it an image's. */
export async function newContentKey(services: Pick<Services, 'secrets'>, number: number): Promise<NamedKey> {
  const keyId = `k${number}-${randomBytes(6).toString('hex')}`;
  await services.secrets.set(secretOf(keyId), new Uint8Array(randomBytes(32)));
  return { keyId, number };
}

export const keyRow = ({ keyId, number }: NamedKey, imageId: string, { actor }: Origin) => ({
  key_id: keyId,
  image_id: imageId,
  number,
  created_by: actor.kind === 'user' ? actor.id : null,
});

/** The key that new versions of an image are packed with; undefined when it is not encrypted. */
export async function currentContentKey(
  services: Pick<Services, 'db' | 'secrets'>,
  imageId: string,
): Promise<{ readonly keyId: string; readonly key: Uint8Array } | undefined> {
  const row = await services.db
    .selectFrom('image_key')
    .select('key_id')
    .where('image_id', '=', imageId)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && { keyId: row.key_id, key: await unsealed(services, row.key_id) };
}

/** The key called `keyId` of image `name`. @throws AtelierError `image.no-key` */
export async function contentKey(
  services: Pick<Services, 'db' | 'secrets'>,
  name: string,
  keyId: string,
): Promise<Uint8Array> {
  const row = await services.db
    .selectFrom('image_key')
    .innerJoin('image', 'image.id', 'image_key.image_id')
    .select('image_key.key_id')
    .where('image.name', '=', name)
    .where('image_key.key_id', '=', keyId)
    .executeTakeFirst();
  if (!row) throw new AtelierError('image.no-key', `image ${name} has no key ${keyId.slice(0, 64)}`);
  return await unsealed(services, row.key_id);
}

/** The keys of all images, for tools that go over the whole repository. */
export const contentKeys =
  (services: Pick<Services, 'db' | 'secrets'>): ContentKeys =>
  async (image, keyId) =>
    await contentKey(services, image, keyId).catch((error: unknown) => {
      if (error instanceof AtelierError && error.code === 'image.no-key') return undefined;
      throw error;
    });

/** All keys of one image by name, for work in another thread. */
export async function imageKeys(
  services: Pick<Services, 'db' | 'secrets'>,
  name: string,
): Promise<Record<string, Uint8Array>> {
  const rows = await services.db
    .selectFrom('image_key')
    .innerJoin('image', 'image.id', 'image_key.image_id')
    .select('image_key.key_id')
    .where('image.name', '=', name)
    .execute();
  return Object.fromEntries(
    await Promise.all(rows.map(async ({ key_id: keyId }) => [keyId, await unsealed(services, keyId)] as const)),
  );
}

/**
 * A content key for an endpoint: only when somebody who uses that endpoint has a workspace with the image. Who asks for
 * another one gets the same answer as for one that does not exist.
 *
 * @throws AtelierError `image.no-key`
 */
export async function contentKeyFor(
  services: Services,
  endpointId: string,
  image: string,
  keyId: string,
  origin: Origin,
): Promise<{ readonly keyId: string; readonly key: string }> {
  const users = await services.db
    .selectFrom('workspace_grant')
    .select('user_id')
    .where('endpoint_id', '=', endpointId)
    .execute();
  for (const { user_id: userId } of users) {
    const granted = await grantedWorkspaces(services, services.db, { userId, endpointId });
    if (!granted.some((one) => one.enabled && one.image === image)) continue;
    const key = await contentKey(services, image, keyId);
    services.log.info({ endpointId, image, keyId, correlationId: origin.correlationId }, 'gave a content key');
    return { keyId, key: Buffer.from(key).toString('base64') };
  }
  throw new AtelierError('image.no-key', `nobody on this endpoint may use image ${image}`);
}

/** Gives an encrypted image a new key for the versions to come. @throws AtelierError `image.not-found`, `image.no-key` */
export async function rotateContentKey(services: Services, name: string, context: RequestContext): Promise<Image> {
  return await services.database.withTransaction(async (trx) => {
    const image = await lockImage(trx, name);
    requireRevision(context.ifMatch, image.rev);
    const before = await readImage(trx, name);
    if (!before.encryption) throw new AtelierError('image.no-key', `image ${name} is not encrypted`);
    const key = await newContentKey(services, before.encryption.keys + 1);
    await trx
      .insertInto('image_key')
      .values(keyRow(key, image.id, context))
      .execute();
    await services.audit.append(trx, context, {
      verb: 'image.rotate-key',
      object: { kind: 'image', id: image.id, name },
      before: { keyId: before.encryption.keyId },
      after: { keyId: key.keyId },
    });
    return await readImage(trx, name);
  });
}

async function unsealed(services: Pick<Services, 'secrets'>, keyId: string): Promise<Uint8Array> {
  const key = await services.secrets.get(secretOf(keyId));
  if (!key) throw new AtelierError('image.no-key', `the secret of key ${keyId} is not in the database`);
  return key;
}
