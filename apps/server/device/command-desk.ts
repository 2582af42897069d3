import type { commandBody } from '@atelier/api';
import { AtelierError } from '@atelier/domain/errors';
import type { Signer } from '@atelier/trim';
import type { WebSocket } from 'ws';
import type { z } from 'zod';
import type { RequestContext } from '../http/handlers.ts';
import type { Services } from '../services.ts';
import { signGrant } from '../workspaces/index.ts';
import type { CommandRouter } from './command-router.ts';
import type { ScreenDesk } from './screen-desk.ts';

/** A workspace of a person on a computer. */
export interface InstanceOf {
  readonly endpointId: string;
  readonly workspaceId: string;
  readonly user: { readonly id: string; readonly name: string };
}

/** What people ask of endpoints. Whether they may is decided before. */
export interface CommandDesk {
  /** Sends an act, with the person's newest grant, and waits until the endpoint has begun. @throws AtelierError `endpoint.offline`, `workspace.*`, `people.sign-in-failed` … */
  act(target: InstanceOf, command: z.output<typeof commandBody>, context: RequestContext): Promise<void>;
  /** Brings the screen of a running workspace to a browser's socket; closes it with the reason when that does not work. */
  showScreen(target: InstanceOf, browser: WebSocket): void;
}

export function commandDesk(
  services: Services,
  policySigner: Signer,
  router: CommandRouter,
  screens: ScreenDesk,
): CommandDesk {
  return {
    act: async ({ endpointId, workspaceId, user }, { action, version, password }, context) => {
      if (action === 'unlock') {
        if (password === undefined)
          throw new AtelierError('request.invalid', 'to unlock takes the password', {
            extra: { fields: [{ field: 'body.password', message: 'needed for unlock' }] },
          });
        await services.people.checkPassword(user.name, password, context);
      }
      if (action === 'switch-version' && version === undefined)
        throw new AtelierError('request.invalid', 'to switch takes the version', {
          extra: { fields: [{ field: 'body.version', message: 'needed for switch-version' }] },
        });
      await router.ask(endpointId, {
        kind: 'act',
        workspaceId,
        userId: user.id,
        action,
        ...(version === undefined ? {} : { version }),
        grant: await signGrant(services, policySigner, endpointId, user.id),
        correlationId: context.correlationId,
      });
    },

    showScreen: ({ endpointId, workspaceId, user }, browser) => {
      const screenId = screens.expect(endpointId, browser);
      router
        .ask(endpointId, { kind: 'open-screen', workspaceId, userId: user.id, screenId })
        .catch((error: unknown) => {
          services.log.info({ err: error, endpoint: endpointId }, 'a screen could not be opened');
          screens.refuse(screenId, undefined, error instanceof Error ? error.message : '');
        });
    },
  };
}
