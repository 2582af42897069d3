import { newId } from '@atelier/adapters/postgres';
import type { RoutingTokenGrant } from '@atelier/adapters/session-directory';
import { mstsValue } from '@atelier/rdp';
import type { OpenedConnection } from './listener/listener.ts';
import { loseTarget } from './relay/lose-target.ts';
import { type RelayTools, relayConnection } from './relay/relay-connection.ts';
import type { ClientTools } from './session/client-context.ts';
import { retakePlace } from './session/retake-place.ts';
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
  let from: RoutingTokenGrant = grant;
  let not = grant.lost === 'target-lost' ? [grant.target.name] : [];
  if (grant.lost === null) {
    const failure = await tryTarget(tools, connection, grant);
    if (!failure) return;
    not = [grant.target.name];
    // Else somebody's desktop may be there still: whoever leaves it for another one proves who they are.
    const nothingLeft = failure === 'dead' || grant.session.state === 'connecting';
    if (!nothingLeft) return await serveClient(tools, connection, { grant, not });
  }
  const retaken = await retakePlace(tools, connection, token, { grant, not });
  if (retaken) {
    if (!(await tryTarget(tools, connection, retaken))) return;
    from = retaken;
    not = [...not, retaken.target.name];
  }
  await serveClient(tools, connection, { grant: from, not });
}

/** Relays to a target until the session's end, and gives null; or how it failed, the client being still there and unanswered. */
async function tryTarget(
  tools: ClientTools & RelayTools,
  connection: OpenedConnection,
  grant: RoutingTokenGrant,
): Promise<'dead' | 'silent' | 'hung' | null> {
  const failure = await relayConnection(tools, connection, grant);
  if (!failure) return null;
  tools.looks.note(grant.target);
  if (failure.kind === 'dead') await loseTarget(tools, grant.target, failure.why);
  else tools.parts.log.warn({ target: grant.target.name, why: failure.why }, 'a target does not answer');
  return failure.kind;
}
