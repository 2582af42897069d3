import { issueTicket, ticketKeyIn } from '@atelier/adapters/identity';
import { apiBase, type MyDesktop, type myDesktopEndpoints, type Validated } from '@atelier/api';
import type { Collection } from '@atelier/domain/broker';
import { AtelierError } from '@atelier/domain/errors';
import { sql } from 'kysely';
import type { Publisher } from '../certificates/publisher.ts';
import type { Handlers, RequestContext } from '../http/handlers.ts';
import type { BytesAnswer } from '../http/routes.ts';
import type { Services } from '../services.ts';
import { connectionFile, loadBalanceInfo } from './front-doors/connection-file.ts';
import type { OwnDesktops } from './front-doors/own-desktops.ts';
import { brokerAddress } from './settings-handlers.ts';

const callingUser = ({ actor }: RequestContext) => {
  if (actor.kind !== 'user') throw new AtelierError('people.not-signed-in', 'this address is for people');
  return { id: actor.id, name: actor.name };
};

/** A ticket is good at the broker only: it is no password that could be handed on to a target. */
const asksPassword = ({ targetSignIn }: Pick<Collection, 'targetSignIn'>): boolean => targetSignIn === 'same-password';

/** "My desktops": what the signed-in person may use, tickets for it, and `.rdp` files. */
export function myDesktopHandlers(
  services: Services,
  desktops: OwnDesktops,
  publisher: () => Promise<Publisher>,
): {
  readonly json: Pick<Handlers<typeof myDesktopEndpoints>, 'list' | 'ticket'>;
  readonly rdpFile: (
    input: Validated<typeof myDesktopEndpoints.rdpFile>,
    context: RequestContext,
  ) => Promise<BytesAnswer>;
} {
  const { db, database, audit } = services;
  const { directory, collectionsOf, ownCollection } = desktops;

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
              asksPassword: asksPassword(collection),
              rdpFile: `${apiBase}/my/desktops/${collection.id}/file.rdp`,
            };
          }),
        );
        return { address, items };
      },

      async ticket({ params }, context) {
        const user = callingUser(context);
        const collection = await ownCollection(user.id, params.collection);
        const key = await ticketKeyIn(services.secrets);
        return database.withTransaction(async (trx) => {
          const { ticket, expiresAt } = await issueTicket(trx, key, {
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
            asksPassword: asksPassword(collection),
          };
        });
      },
    },

    async rdpFile({ params, query }, context) {
      const user = callingUser(context);
      const collection = await ownCollection(user.id, params.collection);
      const { application } = query;
      const program = application === undefined ? null : await desktops.program(collection, application);
      const address = await brokerAddress(db);
      const file = await connectionFile(await publisher(), { address, collection, program, userName: user.name });
      return {
        headers: {
          'content-type': 'application/x-rdp',
          'content-disposition': `attachment; filename="${file.name}"`,
        },
        body: file.bytes,
      };
    },
  };
}
