import type { RoutingTokenGrant } from '@atelier/adapters/session-directory';
import type { BrokerLimits } from '../broker-limits.ts';
import type { BrokerParts } from '../broker-parts.ts';
import type { OpenedConnection } from '../listener/listener.ts';
import { dialTarget } from './dial-target.ts';
import type { RelayBook } from './relay-book.ts';
import { splice } from './splice.ts';

/** What the relay needs beside the broker's parts. */
export interface RelayTools {
  readonly parts: BrokerParts;
  readonly limits: BrokerLimits;
  readonly book: RelayBook;
}

/** A host that takes a log-on sends a picture; certificates and refusals are shorter. */
const pictureBytes = 16_384;
/** A connection that lives this long is a session, however little was sent. */
const settledMs = 3000;

/**
 * Connects a client that came back with its token to the target that the token names, and stays between them until one ends it.
 * Gives null then; or why the target took no connection, the client being still there and unanswered.
 */
export async function relayConnection(
  { parts, limits, book }: RelayTools,
  { socket, opening, place }: OpenedConnection,
  grant: RoutingTokenGrant,
): Promise<{ readonly kind: 'dead' | 'silent' | 'hung'; readonly why: string } | null> {
  const { target, session } = grant;
  const gone = new AbortController();
  const onGone = () => gone.abort();
  socket.once('close', onGone);
  // Hosts do not know the preconnection PDU: they get the request alone.
  const request = Buffer.from(opening.rawRequest);
  const confirmMs = session.state === 'connecting' ? limits.confirmMs : limits.confirmLiveMs;
  const times = { dialMs: limits.dialMs, confirmMs };
  const dialed = await book.turnstile.pass(target.id, () => dialTarget(target.endpoints, request, times, gone.signal));
  socket.off('close', onGone);
  if ('kind' in dialed) return dialed.kind === 'gone' ? null : { kind: dialed.kind, why: dialed.why };
  if (socket.destroyed || !place.advance('relay')) {
    dialed.socket.destroy();
    socket.destroy();
    return null;
  }
  const between = splice(socket, dialed.socket, { toTarget: opening.rest, toClient: dialed.first });
  const leave = book.enter({ sessionId: session.id, targetId: target.id, cut: between.cut });
  const reports = sessionReports(parts, grant);
  const settled = setInterval(() => {
    if (between.toClient > pictureBytes || performance.now() - begun > settledMs) {
      clearInterval(settled);
      reports.opened();
    }
  }, 250);
  const begun = performance.now();
  const end = await between.done;
  clearInterval(settled);
  leave();
  if (end.toClient > pictureBytes) reports.opened();
  // A second client of the same user takes the session over: the first one's end is no disconnect then.
  if (!book.hasSession(session.id)) reports.closed();
  parts.log.debug({ session: session.id, target: target.name, ...end }, 'relay ended');
  return null;
}

/** Books what a relay sees, in order and each once. */
function sessionReports({ directory, log }: BrokerParts, { session, target }: RoutingTokenGrant) {
  let opened = false;
  let last: Promise<unknown> = Promise.resolve();
  const book = (what: 'log-on' | 'disconnect') => {
    const report = { targetId: target.id, sessionId: session.id, user: session.user, domain: session.domain, what };
    last = last
      .then(() => directory.report(report))
      .catch((error: unknown) => log.warn({ err: error, session: session.id }, `the ${what} could not be booked`));
  };
  return {
    opened: () => {
      if (opened) return;
      opened = true;
      book('log-on');
    },
    closed: () => {
      if (opened) book('disconnect');
    },
  };
}
