import type { Socket } from 'node:net';
import type { RoutingTokenGrant, SessionReport } from '@atelier/adapters/session-directory';
import { pictureBytes, type RelayEntry } from './relay-book.ts';
import type { RelayTools } from './relay-connection.ts';
import type { ReusedMemory } from './reused-memory.ts';
import { splice } from './splice.ts';

/**
 * Stays between a client and its target until one ends it, and books in the directory what that says of the session. `memory`: what the target's bytes come
 * by, when the target was dialled so.
 */
export async function carrySession(
  { parts, book }: RelayTools,
  { session, target }: RoutingTokenGrant,
  client: Socket,
  targetSocket: Socket,
  first: { readonly toTarget: Buffer; readonly toClient: Buffer },
  memory: ReusedMemory | null = null,
): Promise<void> {
  const { directory, log } = parts;
  const report = (what: SessionReport['what']) =>
    directory
      .report({ targetId: target.id, sessionId: session.id, user: session.user, domain: session.domain, what })
      .catch((error: unknown) => log.warn({ err: error, session: session.id }, `the ${what} could not be booked`));
  // What is booked of one session is booked in order.
  let logOn: Promise<unknown> | undefined;
  const between = splice(client, targetSocket, first, memory);
  const relay: RelayEntry = {
    sessionId: session.id,
    targetId: target.id,
    between,
    settled: () => {
      logOn ??= report('log-on');
    },
  };
  book.enter(relay);
  const end = await between.done;
  book.leave(relay);
  if (end.toClient > pictureBytes) relay.settled();
  // A second client of the same user takes the session over: the first one's end is no disconnect then.
  if (!book.hasSession(session.id)) logOn?.then(() => report('disconnect'));
  log.debug({ session: session.id, target: target.name, ...end }, 'relay ended');
}
