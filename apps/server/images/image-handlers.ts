import { newId } from '@atelier/adapters/postgres';
import type { imageEndpoints } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import { type CapabilityId, capabilities, capabilitySchema, recommendImages } from '@atelier/domain/images';
import { z } from 'zod';
import type { Handlers } from '../http/handlers.ts';
import { pageOf, readCursor } from '../http/page.ts';
import { requireRevision } from '../http/revision.ts';
import type { Repository } from '../repository/repository.ts';
import type { Services } from '../services.ts';
import { keyRow, newContentKey, rotateContentKey } from './content-keys.ts';
import { imageQuery, imageView, lockImage, readImage } from './image-view.ts';
import { removeImage } from './remove-image.ts';

const wanted = (text: string | undefined): CapabilityId[] => {
  const parsed = z.array(capabilitySchema).safeParse((text ?? '').split(',').filter((one) => one !== ''));
  if (!parsed.success)
    throw new AtelierError('request.invalid', `query.want: one of ${capabilities.map((one) => one.id).join(', ')}`, {
      cause: parsed.error,
    });
  return parsed.data;
};

/** Images themselves: names with descriptions and capabilities. */
export function imageHandlers(
  services: Services,
  repository: Repository,
): Pick<Handlers<typeof imageEndpoints>, 'list' | 'create' | 'matrix' | 'get' | 'update' | 'rotateKey' | 'remove'> {
  const { db, audit } = services;
  return {
    list: async ({ query }) => {
      const after = readCursor(query.cursor, z.string());
      let rows = imageQuery(db)
        .orderBy('image.name')
        .limit(query.limit + 1);
      if (after !== undefined) rows = rows.where('image.name', '>', after);
      if (query.search)
        rows = rows.where('image.name', 'like', `%${query.search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`);
      return pageOf(await rows.execute(), query.limit, (row) => row.name, imageView);
    },

    create: async ({ body: { encrypted, ...body } }, context) => {
      return await services.database.withTransaction(async (trx) => {
        const id = newId();
        const row = await trx
          .insertInto('image')
          .values({ ...body, id })
          .onConflict((conflict) => conflict.column('name').doNothing())
          .returning('id')
          .executeTakeFirst();
        if (!row) throw new AtelierError('image.name-taken', `there is an image ${body.name} already`);
        const key = encrypted ? await newContentKey(services, 1) : undefined;
        await audit.append(trx, context, {
          verb: 'image.create',
          object: { kind: 'image', id, name: body.name },
          before: null,
          after: { ...body, keyId: key?.keyId ?? null },
        });
        if (key)
          await trx
            .insertInto('image_key')
            .values(keyRow(key, id, context))
            .execute();
        return await readImage(trx, body.name);
      });
    },

    matrix: async ({ query }) => {
      const images = await db
        .selectFrom('image')
        .select(['name as image', 'capabilities'])
        .orderBy('name')
        .limit(10_000)
        .execute();
      const choices = images.map((one) => ({ ...one, capabilities: one.capabilities as CapabilityId[] }));
      return {
        capabilities: capabilities.map((one) => ({ ...one })),
        images: recommendImages(choices, wanted(query.want)).map((one) => ({
          image: one.image,
          capabilities: [...one.capabilities],
          missing: [...one.missing],
        })),
      };
    },

    get: async ({ params }) => await readImage(db, params.name),

    update: async ({ params, body }, context) =>
      await services.database.withTransaction(async (trx) => {
        const row = await lockImage(trx, params.name);
        requireRevision(context.ifMatch, row.rev);
        const before = { description: row.description, os: row.os, capabilities: row.capabilities };
        const after = { ...before, ...body };
        await trx.updateTable('image').set(after).where('id', '=', row.id).execute();
        const object = { kind: 'image', id: row.id, name: row.name };
        await audit.append(trx, context, { verb: 'image.update', object, before, after });
        return await readImage(trx, params.name);
      }),

    rotateKey: async ({ params }, context) => await rotateContentKey(services, params.name, context),

    remove: async ({ params }, context) => {
      await removeImage(services, repository, params.name, context);
    },
  };
}
