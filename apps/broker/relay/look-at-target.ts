import type { Target } from '@atelier/domain/broker';
import { securityProtocol, writeConnectionRequest } from '@atelier/rdp';
import { type DialFailure, dialTarget } from './dial-target.ts';
import type { RelayBook } from './relay-book.ts';

/** What a client sends first; hosts answer it without a log-on. */
const opening = writeConnectionRequest({
  cookie: null,
  routingToken: null,
  negotiation: { flags: 0, protocols: securityProtocol.tls | securityProtocol.hybrid },
  correlationId: null,
});

/** Whether a target answers as far as a client's opening; null when it does. */
export async function lookAtTarget(
  book: RelayBook,
  target: Pick<Target, 'id' | 'endpoints'>,
  times: { readonly dialMs: number; readonly confirmMs: number },
  signal: AbortSignal,
): Promise<DialFailure | null> {
  const dialed = await book.turnstile.pass(target.id, () => dialTarget(target.endpoints, opening, times, signal));
  if ('kind' in dialed) return dialed;
  dialed.socket.destroy();
  return null;
}
