import { issueTicket } from '@atelier/adapters/identity';
import { openSessionDirectory } from '@atelier/adapters/session-directory';
import { apiBase, type MyDesktop, type myDesktopEndpoints, type Validated } from '@atelier/api';
import type { Collection } from '@atelier/domain/broker';
import { AtelierError } from '@atelier/domain/errors';
import { desktopSettings, encodeRdpFile, rdpFileLines } from '@atelier/tswp';
import { sql } from 'kysely';
import type { Handlers, RequestContext } from '../http/handlers.ts';
import type { BytesAnswer } from '../http/routes.ts';
import type { Services } from '../services.ts';
import { notFound } from './not-found.ts';
import { brokerAddress } from './settings-handlers.ts';

const callingUser = ({ actor }: RequestContext) => {
  if (actor.kind !== 'user') throw new AtelierError('people.not-signed-in', 'this address is for people');
  return { id: actor.id, name: actor.name };
};

/** What a client carries so that the broker knows which collection is meant; it is a wish, and proves nothing. */
const loadBalanceInfo = (collection: Collection): string =>
  `tsv://MS Terminal Services Plugin.1.${collection.name.replaceAll(' ', '_')}`;

/** "My desktops": what the signed-in person may use, tickets for it, and `.rdp` files. */
export function myDesktopHandlers(services: Services): {
  readonly json: Pick<Handlers<typeof myDesktopEndpoints>, 'list' | 'ticket'>;
  readonly rdpFile: (
    input: Validated<typeof myDesktopEndpoints.rdpFile>,
    context: RequestContext,
  ) => Promise<BytesAnswer>;
} {
  const { db, database, people, audit } = services;
  const directory = openSessionDirectory(database);
  const collectionsOf = async (userId: string) => directory.collectionsFor(userId, await people.groupIdsOf(userId));
  const ownCollection = async (userId: string, idOrName: string): Promise<Collection> => {
    const found = (await collectionsOf(userId)).find(
      ({ id, name }) => id === idOrName || name.toLowerCase() === idOrName.toLowerCase(),
    );
    // Whether there is one for others is nobody's business.
    if (!found) throw notFound('desktop of yours', idOrName);
    return found;
  };

  return {
    json: {
      async list(_input, context) {
        const { id: userId } = callingUser(context);
        const mine = await collectionsOf(userId);
        const ids = mine.map(({ id }) => id);
        const [address, applications, open] = await Promise.all([
          brokerAddress(db),
          db
            .selectFrom('broker_application')
            .select(['collection_id', 'alias', 'title', sql<string | null>`encode(icon, 'base64')`.as('icon')])
            .where('collection_id', 'in', ids.length > 0 ? ids : [''])
            .orderBy('title')
            .limit(500)
            .execute(),
          sql<{ id: string }>`
            select one.id from unnest(${ids}::text[]) as one (id)
             where exists (select from broker_target target where target.collection_id = one.id and target.availability is not null
                              and (target.owner_id is null or target.owner_id = ${userId}))`.execute(db),
        ]);
        const available = new Set(open.rows.map(({ id }) => id));
        const items = await Promise.all(
          mine.map(async (collection): Promise<MyDesktop> => {
            const session = await directory.liveSession(collection.id, userId);
            return {
              collectionId: collection.id,
              name: collection.name,
              description: collection.description,
              kind: collection.kind,
              session: session && {
                id: session.id,
                state: session.state,
                target: session.target,
                createdAt: session.createdAt.toISOString(),
                disconnectedAt: session.disconnectedAt?.toISOString() ?? null,
              },
              applications: applications
                .filter(({ collection_id }) => collection_id === collection.id)
                .map(({ alias, title, icon }) => ({ alias, title, icon: icon?.replaceAll('\n', '') ?? null })),
              available: available.has(collection.id) || session !== null,
              rdpFile: `${apiBase}/my/desktops/${collection.id}/file.rdp`,
            };
          }),
        );
        return { address, items };
      },

      async ticket({ params }, context) {
        const user = callingUser(context);
        const collection = await ownCollection(user.id, params.collection);
        return database.withTransaction(async (trx) => {
          const { ticket, expiresAt } = await issueTicket(trx, {
            userId: user.id,
            collectionId: collection.id,
            targetId: null,
          });
          await audit.append(trx, context, {
            verb: 'desktop.ticket',
            object: { kind: 'collection', id: collection.id, name: collection.name },
            before: null,
            after: { user: user.name, expiresAt: expiresAt.toISOString() },
          });
          return {
            address: await brokerAddress(trx),
            user: user.name,
            ticket,
            expiresAt: expiresAt.toISOString(),
            loadBalanceInfo: loadBalanceInfo(collection),
          };
        });
      },
    },

    async rdpFile({ params, query }, context) {
      const user = callingUser(context);
      const collection = await ownCollection(user.id, params.collection);
      const address = await brokerAddress(db);
      if (address === '') throw new AtelierError('broker.no-address', 'nobody said yet what clients shall dial');
      const program =
        query.application === undefined
          ? undefined
          : await db
              .selectFrom('broker_application')
              .select(['alias', 'title'])
              .where('collection_id', '=', collection.id)
              .where(sql<string>`lower(alias)`, '=', query.application.toLowerCase())
              .executeTakeFirst();
      if (query.application !== undefined && !program) throw notFound('published program', query.application);
      const settings = desktopSettings({
        address,
        loadBalanceInfo: loadBalanceInfo(collection),
        userName: user.name,
        // A ticket is proved within TLS: by NLA only the person's own password could be.
        credSsp: false,
        ...(program ? { program } : {}),
      });
      const file = `${(program?.alias ?? collection.name).replace(/[^A-Za-z0-9._-]+/g, '-')}.rdp`;
      return {
        headers: { 'content-type': 'application/x-rdp', 'content-disposition': `attachment; filename="${file}"` },
        body: encodeRdpFile(rdpFileLines(settings)),
      };
    },
  };
}
