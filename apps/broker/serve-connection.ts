import { newId } from '@atelier/adapters/postgres';
import { mstsValue } from '@atelier/rdp';
import type { OpenedConnection } from './listener/listener.ts';
import { loseTarget } from './relay/lose-target.ts';
import { type RelayTools, relayConnection } from './relay/relay-connection.ts';
import type { ClientTools } from './session/client-context.ts';
import { serveClient } from './session/serve-client.ts';

/**
 * Serves one connection to its end. With a token of ours it is relayed. Without one, or when the token is good no more, the client has to sign in: then
 * a token that somebody made up gains nothing, and an honest client whose session ended while it slept is where it belongs again.
 */
export async function serveConnection(tools: ClientTools & RelayTools, connection: OpenedConnection): Promise<void> {
  const { routingToken } = connection.opening.request;
  const token = routingToken ? mstsValue(routingToken) : null;
  if (token === null) return await serveClient(tools, connection, null);
  const { address } = connection;
  const { directory, notes } = tools.parts;
  const grant = await directory.redeemToken(token, address);
  if (typeof grant === 'string') {
    notes.tokenRefused({ address, why: grant, correlationId: newId() });
    if (grant === 'unknown') tools.admission().fault(address);
    return await serveClient(tools, connection, null, grant === 'disconnected' ? 'turned-away' : 'taken-in');
  }
  if (grant.lost !== null) {
    const not = grant.lost === 'target-lost' ? [grant.target.name] : [];
    return await serveClient(tools, connection, { grant, not });
  }
  const failure = await relayConnection(tools, connection, grant);
  if (!failure) return;
  tools.looks.note(grant.target);
  if (failure.kind === 'dead') await loseTarget(tools, grant.target, failure.why);
  else tools.parts.log.warn({ target: grant.target.name, why: failure.why }, 'a target does not answer');
  await serveClient(tools, connection, { grant, not: [grant.target.name] });
}
