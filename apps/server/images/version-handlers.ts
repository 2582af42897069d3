import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '@atelier/adapters/postgres';
import { removeVersion } from '@atelier/adapters/repository';
import type { imageEndpoints } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import { limits } from '@atelier/trim';
import { z } from 'zod';
import type { Handlers, RequestContext } from '../http/handlers.ts';
import { pageOf, readCursor } from '../http/page.ts';
import { requireRevision } from '../http/revision.ts';
import type { Repository } from '../repository/repository.ts';
import type { Services } from '../services.ts';
import { lockImage, readImage } from './image-view.ts';
import { moveVersion } from './move-version.ts';
import { requireRoom } from './receive-disk.ts';
import { uploadDisk } from './upload.ts';
import { removeVersionFiles } from './version-files.ts';
import { lockVersion, readVersion, versionQuery, versionView } from './version-view.ts';

type VersionHandlers = Pick<
  Handlers<typeof imageEndpoints>,
  'listVersions' | 'createVersion' | 'getVersion' | 'upload' | 'pack' | 'push' | 'retire' | 'restore' | 'removeVersion'
>;

/** Versions: their disks, and the way from draft to available and out of use. */
export function versionHandlers(services: Services, repository: Repository): VersionHandlers {
  const { db, config, tasks } = services;
  const change = services.database.withTransaction;

  const begin = (verb: 'pack' | 'push', name: string, number: number, context: RequestContext) =>
    change(async (trx) => {
      const row = await lockVersion(trx, name, number);
      requireRevision(context.ifMatch, row.rev);
      // Packing needs a whole disk; a version that was packed already may have given its disk back.
      if (verb === 'pack' && row.received_bytes !== row.upload_bytes)
        throw new AtelierError('image.upload-mismatch', `${row.received_bytes} of ${row.upload_bytes} bytes are here`, {
          extra: { receivedBytes: row.received_bytes },
        });
      await moveVersion(services, trx, context, row, verb, { error: null });
      const taskId = await tasks.enqueue(trx, context, {
        kind: `image.${verb}`,
        title: `${verb} version ${number} of ${name}`,
        input: { versionId: row.id },
        object: { kind: 'image-version', id: row.id, name: `${name}/${number}` },
      });
      return { taskId };
    });

  const move = async (verb: 'retire' | 'restore', name: string, number: number, context: RequestContext) =>
    await change(async (trx) => {
      const row = await lockVersion(trx, name, number);
      requireRevision(context.ifMatch, row.rev);
      await moveVersion(services, trx, context, row, verb, { retired_at: verb === 'retire' ? new Date() : null });
      return await readVersion(trx, name, number);
    });

  return {
    listVersions: async ({ params, query }) => {
      await readImage(db, params.name);
      const before = readCursor(query.cursor, z.number().int());
      let rows = versionQuery(db).where('image.name', '=', params.name).orderBy('image_version.number', 'desc');
      if (before !== undefined) rows = rows.where('image_version.number', '<', before);
      return pageOf(await rows.limit(query.limit + 1).execute(), query.limit, (row) => row.number, versionView);
    },

    createVersion: async ({ params, body }, context) => {
      if (body.sizeBytes < 1 || body.sizeBytes > limits.image)
        throw new AtelierError('image.bad-disk', `a disk has 1 to ${limits.image} bytes, not ${body.sizeBytes}`);
      await mkdir(join(config.stateDir, 'drafts'), { recursive: true, mode: 0o700 });
      await requireRoom(join(config.stateDir, 'drafts'), body.sizeBytes);
      return await change(async (trx) => {
        const image = await lockImage(trx, params.name);
        const highest = await trx
          .selectFrom('image_version')
          .select((eb) => eb.fn.max('number').as('number'))
          .where('image_id', '=', image.id)
          .executeTakeFirst();
        const used = await trx
          .selectFrom('image_number_used')
          .select('number')
          .where('name', '=', image.name)
          .executeTakeFirst();
        const version = {
          id: newId(),
          image_id: image.id,
          number: Math.max(highest?.number ?? 0, used?.number ?? 0) + 1,
          notes: body.notes,
          source_format: body.format,
          upload_bytes: body.sizeBytes,
          capabilities: body.capabilities ?? image.capabilities,
          created_by: context.actor.kind === 'user' ? context.actor.id : null,
        };
        await trx.insertInto('image_version').values(version).execute();
        await services.audit.append(trx, context, {
          verb: 'image-version.create',
          object: { kind: 'image-version', id: version.id, name: `${image.name}/${version.number}` },
          before: null,
          after: {
            format: body.format,
            sizeBytes: body.sizeBytes,
            notes: body.notes,
            capabilities: version.capabilities,
          },
        });
        return await readVersion(trx, image.name, version.number);
      });
    },

    getVersion: async ({ params }) => await readVersion(db, params.name, params.number),

    upload: async ({ params, query }, context) => {
      await uploadDisk(services, params.name, params.number, query.offset, context);
      return await readVersion(db, params.name, params.number);
    },

    pack: async ({ params }, context) => await begin('pack', params.name, params.number, context),
    push: async ({ params }, context) => await begin('push', params.name, params.number, context),
    retire: async ({ params }, context) => await move('retire', params.name, params.number, context),
    restore: async ({ params }, context) => await move('restore', params.name, params.number, context),

    removeVersion: async ({ params: { name, number } }, context) => {
      const row = await change(async (trx) => {
        const found = await lockVersion(trx, name, number);
        requireRevision(context.ifMatch, found.rev);
        const running = await trx
          .selectFrom('image_test')
          .select('id')
          .where('version_id', '=', found.id)
          .where('state', '<>', 'ended')
          .executeTakeFirst();
        if (running) throw new AtelierError('image.in-use', `a test run of version ${number} of ${name} is under way`);
        await moveVersion(services, trx, context, found, 'delete', { deleted_at: new Date() });
        return found;
      });
      // From here on a crash costs nothing: the garbage collection finishes what the database calls deleted.
      await removeVersionFiles(config.stateDir, row.id);
      if (row.available_at)
        await repository.steady(context.signal, () =>
          removeVersion({ store: repository.store, image: name, version: number }),
        );
    },
  };
}
