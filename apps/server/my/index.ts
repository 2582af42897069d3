import { myEndpoints } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import type { CommandDesk, InstanceOf } from '../device/command-desk.ts';
import type { RequestContext } from '../http/handlers.ts';
import type { Capability, Services } from '../services.ts';
import { effectiveGrantOf } from '../workspaces/index.ts';
import { myWorkspaces } from './my-workspaces.ts';
import { usableEndpoints } from './usable-endpoints.ts';

const callingUser = ({ actor }: RequestContext) => {
  if (actor.kind !== 'user') throw new AtelierError('people.not-signed-in', 'this address is for people');
  return { id: actor.id, name: actor.name };
};

/** Acts that start something or bring new content: they need a right that holds now. The others end or tidy up. */
const needRight: readonly string[] = ['fetch', 'start', 'restart', 'unlock', 'switch-version', 'screen'];

/**
 * The person's workspace on a computer that they may use, if they may do `action` with it.
 * @throws AtelierError `endpoint.not-found`, `workspace.not-assigned`, `workspace.disabled`, `workspace.expired`
 */
async function ownInstance(
  services: Services,
  context: RequestContext,
  workspaceId: string,
  endpointId: string,
  action: string,
): Promise<InstanceOf> {
  const user = callingUser(context);
  const endpoint = await usableEndpoints(services.db, user.id).where('endpoint.id', '=', endpointId).executeTakeFirst();
  if (!endpoint) throw new AtelierError('endpoint.not-found', 'you have no computer with this id');
  const { grant } = await effectiveGrantOf(services, services.db, { userId: user.id, endpointId, workspaceId });
  if (!grant) throw new AtelierError('workspace.not-assigned', 'this workspace is not assigned to you');
  if (needRight.includes(action)) {
    const workspace = await services.db
      .selectFrom('workspace')
      .select('enabled')
      .where('id', '=', workspaceId)
      .executeTakeFirst();
    if (!workspace?.enabled || !grant.enabled.value)
      throw new AtelierError('workspace.disabled', 'the workspace, or your assignment of it, is disabled');
    const end = grant.expiresOn.value;
    if (end !== null && new Date(end) <= new Date()) throw new AtelierError('workspace.expired', `it ended on ${end}`);
  }
  return { endpointId, workspaceId, user };
}

/** "My workspaces": what the signed-in person has, on which computers, and its screen. */
export const my =
  (desk: CommandDesk): Capability =>
  async (routes, services) => {
    routes.json(myEndpoints, {
      list: async (_input, context) => ({ items: await myWorkspaces(services, callingUser(context).id) }),
      command: async ({ params, body }, context) => {
        const target = await ownInstance(services, context, params.workspaceId, body.endpointId, body.action);
        await desk.act(target, body, context);
      },
    });
    routes.socket(
      myEndpoints.screen,
      async ({ params, query }, context) =>
        await ownInstance(services, context, params.workspaceId, query.endpoint, 'screen'),
      (socket, target) => desk.showScreen(target, socket),
      { protocol: 'binary', maxPayload: 4 * 1024 * 1024 },
    );
    return {};
  };
