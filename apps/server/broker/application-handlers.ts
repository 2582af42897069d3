import { newId } from '@atelier/adapters/postgres';
import type { Application, collectionEndpoints } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Handlers } from '../http/handlers.ts';
import { pageOf, readCursor } from '../http/page.ts';
import { requireRevision } from '../http/revision.ts';
import type { Queries, Services } from '../services.ts';
import { collectionObject, findCollection } from './collection-view.ts';
import { nameTaken, notFound } from './not-found.ts';

type ApplicationHandlers = Pick<
  Handlers<typeof collectionEndpoints>,
  'listApplications' | 'publishApplication' | 'changeApplication' | 'withdrawApplication'
>;

const select = (queries: Queries, collectionId: string) =>
  queries
    .selectFrom('broker_application')
    .select(['id', 'alias', 'title', 'command_line', 'arguments', 'working_folder', 'rev'])
    .select(sql<boolean>`icon is not null`.as('has_icon'))
    .where('collection_id', '=', collectionId);

type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>;

const view = (row: Row): Application => ({
  id: row.id,
  alias: row.alias,
  title: row.title,
  commandLine: row.command_line,
  arguments: row.arguments,
  workingFolder: row.working_folder,
  hasIcon: row.has_icon,
  rev: row.rev,
});

async function find(queries: Queries, collectionId: string, alias: string): Promise<Row> {
  const row = await select(queries, collectionId)
    .where(sql<string>`lower(alias)`, '=', alias.toLowerCase())
    .executeTakeFirst();
  if (!row) throw notFound('published program', alias);
  return row;
}

const signature = Buffer.from('89504e470d0a1a0a', 'hex');
/** The bytes of an icon. @throws AtelierError `request.invalid` */
function iconOf(base64: string | null): Buffer | null {
  if (base64 === null) return null;
  const bytes = Buffer.from(base64, 'base64');
  if (!bytes.subarray(0, 8).equals(signature) || bytes.length > 256 * 1024)
    throw new AtelierError('request.invalid', 'body.icon: give a PNG of 256 KiB at most', {
      extra: { fields: [{ field: 'body.icon', message: 'give a PNG of 256 KiB at most' }] },
    });
  return bytes;
}

/** Programs that are published by themselves. */
export function applicationHandlers({ db, database, audit }: Services): ApplicationHandlers {
  return {
    async listApplications({ params, query }) {
      const { id } = await findCollection(db, params.id);
      const after = readCursor(query.cursor, z.string().max(100));
      const rows = await select(db, id)
        .$if(after !== undefined, (from) => from.where(sql<string>`lower(alias)`, '>', after!))
        .orderBy(sql`lower(alias)`)
        .limit(query.limit + 1)
        .execute();
      return pageOf(rows, query.limit, (row) => row.alias.toLowerCase(), view);
    },

    async publishApplication({ params, body }, context) {
      return database.withTransaction(async (trx) => {
        const collection = await findCollection(trx, params.id);
        await trx
          .insertInto('broker_application')
          .values({
            id: newId(),
            collection_id: collection.id,
            alias: body.alias,
            title: body.title,
            command_line: body.commandLine,
            arguments: body.arguments,
            working_folder: body.workingFolder,
            icon: iconOf(body.icon),
          })
          .execute()
          .catch((error) => nameTaken(error, body.alias));
        const made = view(await find(trx, collection.id, body.alias));
        await audit.append(trx, context, {
          verb: 'collection.publish',
          object: collectionObject(collection),
          before: null,
          after: { ...made },
        });
        return made;
      });
    },

    async changeApplication({ params, body }, context) {
      return database.withTransaction(async (trx) => {
        const collection = await findCollection(trx, params.id);
        const before = await find(trx, collection.id, params.alias);
        requireRevision(context.ifMatch, before.rev);
        const values = {
          ...(body.title === undefined ? {} : { title: body.title }),
          ...(body.commandLine === undefined ? {} : { command_line: body.commandLine }),
          ...(body.arguments === undefined ? {} : { arguments: body.arguments }),
          ...(body.workingFolder === undefined ? {} : { working_folder: body.workingFolder }),
          ...(body.icon === undefined ? {} : { icon: iconOf(body.icon) }),
        };
        if (Object.keys(values).length > 0)
          await trx.updateTable('broker_application').set(values).where('id', '=', before.id).execute();
        const after = await find(trx, collection.id, params.alias);
        await audit.append(trx, context, {
          verb: 'collection.change-program',
          object: collectionObject(collection),
          before: { ...view(before) },
          after: { ...view(after) },
        });
        return view(after);
      });
    },

    async withdrawApplication({ params }, context) {
      await database.withTransaction(async (trx) => {
        const collection = await findCollection(trx, params.id);
        const before = await find(trx, collection.id, params.alias);
        requireRevision(context.ifMatch, before.rev);
        await trx.deleteFrom('broker_application').where('id', '=', before.id).execute();
        await audit.append(trx, context, {
          verb: 'collection.unpublish',
          object: collectionObject(collection),
          before: { ...view(before) },
          after: null,
        });
      });
    },
  };
}
