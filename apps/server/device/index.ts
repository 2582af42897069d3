import { deviceEndpoints } from '@atelier/api';
import type { Signer } from '@atelier/trim';
import type { Repository } from '../repository/index.ts';
import type { Capability, Services } from '../services.ts';
import { largestMessage, revokeChannel, serveChannel } from './channel.ts';
import type { ChannelHub } from './channel-hub.ts';
import { callingDevice, deviceHandlers } from './device-handlers.ts';
import { spreadPolicyNews } from './policy-news.ts';
import { presence, serverName } from './presence.ts';
import type { ScreenDesk } from './screen-desk.ts';

export { type ChannelHub, channelHub } from './channel-hub.ts';
export { type CommandDesk, commandDesk } from './command-desk.ts';
export { commandRouter } from './command-router.ts';
export { serverName } from './presence.ts';
export { type ScreenDesk, screenDesk } from './screen-desk.ts';

/** Closes the channels of endpoints that were revoked, on whichever server somebody did that. */
function watchRevocations(services: Services, hub: ChannelHub): void {
  const check = async (endpointId: string) => {
    const channel = hub.get(endpointId);
    if (!channel) return;
    const row = await services.db
      .selectFrom('endpoint')
      .select('state')
      .where('id', '=', endpointId)
      .executeTakeFirst();
    if (!row || row.state === 'revoked' || row.state === 'wiped') revokeChannel(channel);
  };
  const failed = (error: unknown) => services.log.error({ err: error }, 'a revocation could not be looked up');
  services.changes.subscribe(({ kind, id }) => {
    if (kind === 'endpoint') check(id).catch(failed);
    if (kind === 'everything') for (const channel of hub.all()) check(channel.endpointId).catch(failed);
  }, services.signal);
}

/** The endpoints' plane: enrolment, grants, events, the repository's address, and the two kinds of sockets. */
export const device =
  (repository: Repository, policySigner: Signer, hub: ChannelHub, screens: ScreenDesk): Capability =>
  async (routes, services) => {
    const here = presence(services.db, serverName(services.config));
    await here.forgetOwn();
    await here.forgetSilent();
    watchRevocations(services, hub);
    spreadPolicyNews(services, hub);

    routes.json(deviceEndpoints, deviceHandlers(services, repository, policySigner));
    routes.socket(
      deviceEndpoints.channel,
      async (_input, context) => ({ endpointId: callingDevice(context).id, ip: context.ip }),
      (socket, { endpointId, ip }) => serveChannel(services, hub, here, socket, endpointId, ip),
      { maxPayload: largestMessage },
    );
    routes.socket(
      deviceEndpoints.screen,
      async ({ params }, context) => screens.find(params.screenId, callingDevice(context).id),
      (socket, screenId) => screens.join(screenId, socket),
      { maxPayload: 4 * 1024 * 1024 },
    );

    const timer = setInterval(() => {
      here
        .forgetSilent()
        .then(() => forgetOldCommands(services))
        .catch((error) => services.log.warn({ err: error }, 'silent endpoints were not looked for'));
    }, 30_000);
    return {
      stop: async () => {
        clearInterval(timer);
        await here.forgetOwn();
      },
    };
  };

/** Commands whose sender died before it could take the answer. */
async function forgetOldCommands(services: Services): Promise<void> {
  const old = new Date(Date.now() - 10 * 60_000);
  await services.db.deleteFrom('endpoint_command').where('created_at', '<', old).execute();
}
