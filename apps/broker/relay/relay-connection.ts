import type { Socket } from 'node:net';
import type { RoutingTokenGrant } from '@atelier/adapters/session-directory';
import type { BrokerLimits } from '../broker-limits.ts';
import type { BrokerParts } from '../broker-parts.ts';
import type { OpenedConnection } from '../listener/listener.ts';
import { carrySession } from './carry-session.ts';
import { dialTarget, type Leaving } from './dial-target.ts';
import type { RelayBook } from './relay-book.ts';

/** What the relay needs beside the broker's parts. */
export interface RelayTools {
  readonly parts: BrokerParts;
  readonly limits: BrokerLimits;
  readonly book: RelayBook;
}

const leastConfirmMs = 1000;

/**
 * Connects a client that came back with its token to the target that the token names, and stays between them until one ends it.
 * Gives null then; or why the target took no connection, the client being still there and unanswered.
 */
export async function relayConnection(
  tools: RelayTools,
  { socket, opening, place }: OpenedConnection,
  grant: RoutingTokenGrant,
): Promise<{ readonly kind: 'dead' | 'silent' | 'hung'; readonly why: string } | null> {
  const { limits, book } = tools;
  const { target, session } = grant;
  // Who is new can as well be elsewhere: a host that is fast as a rule is not waited for as long as any other. To come back costs the client more than
  // a look costs us.
  const confirmMs =
    session.state === 'connecting'
      ? Math.max(leastConfirmMs, book.answers.patienceMs(target.id, limits.confirmMs))
      : limits.confirmLiveMs;
  const times = { dialMs: limits.dialMs, confirmMs };
  const dialed = await book.turnstile.pass(target.id, async () => {
    const begun = performance.now();
    // Hosts do not know the preconnection PDU: they get the request alone.
    const found = await dialTarget(target.endpoints, opening.rawRequest, times, leaving(socket), 'memory');
    if (!('kind' in found)) book.answers.note(target.id, performance.now() - begun);
    return found;
  });
  if ('kind' in dialed) return dialed.kind === 'gone' ? null : { kind: dialed.kind, why: dialed.why };
  if (socket.destroyed || !place.advance('relay')) {
    dialed.socket.destroy();
    socket.destroy();
    return null;
  }
  const first = { toTarget: opening.rest, toClient: dialed.first };
  await carrySession(tools, grant, socket, dialed.socket, first, dialed.memory);
  return null;
}

/** That a client hangs up. A whole AbortSignal for each connection would cost more than reading its opening. */
const leaving = (client: Socket): Leaving => ({
  get aborted() {
    return client.destroyed;
  },
  addEventListener: (_, listener) => void client.on('close', listener),
  removeEventListener: (_, listener) => void client.off('close', listener),
});
