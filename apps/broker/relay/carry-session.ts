import type { Socket } from 'node:net';
import type { RoutingTokenGrant } from '@atelier/adapters/session-directory';
import type { BrokerParts } from '../broker-parts.ts';
import type { RelayTools } from './relay-connection.ts';
import type { ReusedMemory } from './reused-memory.ts';
import { splice } from './splice.ts';

/** A host that takes a log-on sends a picture; certificates and refusals are shorter. */
const pictureBytes = 16_384;
/** A connection that lives this long is a session, however little was sent. */
const settledMs = 3000;

/**
 * Stays between a client and its target until one ends it, and books in the directory what that says of the session. `memory`: what the target's bytes come
 * by, when the target was dialled so.
 */
export async function carrySession(
  { parts, book }: RelayTools,
  grant: RoutingTokenGrant,
  client: Socket,
  target: Socket,
  first: { readonly toTarget: Buffer; readonly toClient: Buffer },
  memory: ReusedMemory | null = null,
): Promise<void> {
  const { session } = grant;
  const begun = performance.now();
  const between = splice(client, target, first, memory);
  const leave = book.enter({ sessionId: session.id, targetId: grant.target.id, cut: between.cut });
  const reports = sessionReports(parts, grant);
  const settled = setInterval(() => {
    if (between.toClient > pictureBytes || performance.now() - begun > settledMs) {
      clearInterval(settled);
      reports.opened();
    }
  }, 250);
  const end = await between.done;
  clearInterval(settled);
  leave();
  if (end.toClient > pictureBytes) reports.opened();
  // A second client of the same user takes the session over: the first one's end is no disconnect then.
  if (!book.hasSession(session.id)) reports.closed();
  parts.log.debug({ session: session.id, target: grant.target.name, ...end }, 'relay ended');
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
