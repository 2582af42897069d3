import type { ChannelCommand } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import { instanceActionSchema, type SignedDocument } from '@atelier/domain/workspaces';
import type { ActParts } from '../instances/act.ts';
import { act } from '../instances/act.ts';
import type { ScreenDesk } from '../instances/screen-desk.ts';
import { bridgeScreen } from './screen-bridge.ts';
import type { ServerLink } from './server-link.ts';

export type CommandHandler = (command: ChannelCommand, link: ServerLink) => Promise<void>;

/** Carries out what the server asks for over the channel. Resolves as soon as the act has begun; throws AtelierError. */
export function commandHandler(parts: ActParts & { readonly screens: ScreenDesk }): CommandHandler {
  return async (command, link) => {
    switch (command.kind) {
      case 'act': {
        if (command.grant) takeCommandGrant(link, command.grant, command.userId);
        if (!link.grants.get(command.userId))
          throw new AtelierError('workspace.not-assigned', 'no grant of this person is known here');
        const action = instanceActionSchema.safeParse(command.action);
        if (!action.success) throw new AtelierError('request.invalid', `there is no action "${command.action}"`);
        act(parts, command, action.data, command.version, command.correlationId);
        return;
      }
      case 'open-screen':
        return await bridgeScreen(link.identity, command.screenId, await parts.screens.open(command));
      case 'refresh':
        await link.refresh();
        return;
      case 'revoked':
        link.revoke();
        return;
    }
  };
}

/**
 * A command's grant may have been overtaken by one that we fetched ourselves while it was on its way: ours counts then,
 * and the act goes on under it. A grant that is older by more than that moment is a replay.
 */
function takeCommandGrant(link: ServerLink, signed: SignedDocument, userId: string): void {
  if (link.grants.isOvertaken(signed)) return;
  link.takeGrant(signed, new Date().toISOString(), userId);
}
