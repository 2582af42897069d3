import { openSessionDirectory } from '@atelier/adapters/session-directory';
import { AtelierError } from '@atelier/domain/errors';
import { sourceHost } from '../../hosts/collector/source-host.ts';
import type { Routes } from '../../http/routes.ts';
import type { Services } from '../../services.ts';
import { readReturnQuestion } from './host-report.ts';
import { targetsOfHost } from './take-report.ts';

/** Where agents ask about single-use passwords that are used up. */
export const hostReturnPath = '/agent/desktop-returns';

/**
 * Answers hosts that were shown a single-use password which is genuine, but used up: the client was cut off and comes back by itself, with what it has. The
 * host may let it in once when its routing token came back to a broker a moment ago, from its own address, for a session of this user on this host. So a
 * spent password alone lets nobody in, and neither does the token. Nothing is sent to the client: FreeRDP 2 cannot be redirected while it reconnects.
 */
export function takeReturns(routes: Routes, services: Services): void {
  const directory = openSessionDirectory(services.database);
  routes.messages(
    hostReturnPath,
    { largest: 4096, challenge: 'Certificate', admits: (request) => sourceHost(request) !== null },
    async ({ request, body }) => {
      const hostId = sourceHost(request);
      if (hostId === null) throw new AtelierError('request.not-found', 'only hosts ask');
      const { user } = readReturnQuestion(body);
      const targets = await targetsOfHost(services, hostId);
      if (targets === null) throw new AtelierError('host.not-found', 'no host of this certificate is registered here');
      const admitted = targets.length > 0 && (await directory.admitReturn(targets, user));
      return { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ admitted }) };
    },
  );
}
