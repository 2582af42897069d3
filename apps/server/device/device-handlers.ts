import type { deviceEndpoints } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import type { Signer } from '@atelier/trim';
import type { Handlers, RequestContext } from '../http/handlers.ts';
import { contentKeyFor } from '../images/index.ts';
import { type Repository, repositoryAccessFor } from '../repository/index.ts';
import type { Services } from '../services.ts';
import { transferOrdersFor } from '../transfers/index.ts';
import { signGrant } from '../workspaces/index.ts';
import { enrollEndpoint, renewCertificate } from './enroll.ts';
import { storeEvents } from './store-events.ts';

/** The endpoint that calls. @throws AtelierError `endpoint.certificate` */
export function callingDevice({ actor }: RequestContext): { readonly id: string; readonly name: string } {
  if (actor.kind !== 'device') throw new AtelierError('endpoint.certificate', 'this address is for enrolled endpoints');
  return actor;
}

/** The endpoints' own plane, but for its sockets. */
export function deviceHandlers(
  services: Services,
  repository: Repository,
  policySigner: Signer,
): Handlers<typeof deviceEndpoints> {
  const { db, people } = services;
  const serverTime = () => new Date().toISOString();
  return {
    enroll: async ({ body }, context) => await enrollEndpoint(services, repository, policySigner, body, context),

    renew: async ({ body }, context) =>
      await renewCertificate(services, repository, policySigner, callingDevice(context), body.csr, context),

    signIn: async ({ body }, context) => {
      const { id } = callingDevice(context);
      const user = await people.checkPassword(body.name, body.password, context);
      // Whoever signs in first on a computer that is nobody's yet, has it.
      await db
        .updateTable('endpoint')
        .set({ user_id: user.id })
        .where('id', '=', id)
        .where('user_id', 'is', null)
        .execute();
      return { grant: await signGrant(services, policySigner, id, user.id), serverTime: serverTime() };
    },

    grant: async ({ params }, context) => {
      const { id } = callingDevice(context);
      const known = await db
        .selectFrom('workspace_grant')
        .select('sequence')
        .where('endpoint_id', '=', id)
        .where('user_id', '=', params.userId)
        .executeTakeFirst();
      if (!known)
        throw new AtelierError('workspace.not-assigned', 'this person has neither signed in here nor been sent here');
      return { grant: await signGrant(services, policySigner, id, params.userId), serverTime: serverTime() };
    },

    events: async ({ body }, context) => ({
      ...(await storeEvents(services, callingDevice(context), body.events)),
      serverTime: serverTime(),
    }),

    transfers: async ({ body }, context) =>
      await transferOrdersFor(services, policySigner, callingDevice(context).id, body, context.ip),

    imageKey: async ({ params }, context) =>
      await contentKeyFor(services, callingDevice(context).id, params.image, params.keyId, context),

    repository: async (_input, context) => await repositoryAccessFor(services, repository, callingDevice(context).id),
  };
}
