import type { RoutingTokenGrant, SessionReport } from '@atelier/adapters/session-directory';
import type { Wire } from '../wire.ts';
import { pictureBytes, type RelayEntry } from './relay-book.ts';
import type { RelayTools } from './relay-connection.ts';
import { type Splice, type SpliceEnd, splice } from './splice.ts';

/**
 * Stays between a client and its target until one ends it, and books in the directory what that says of the session.
 */
export function carrySession(
  tools: RelayTools,
  grant: RoutingTokenGrant,
  client: Wire,
  target: Wire,
  first: { readonly toTarget: Buffer; readonly toClient: Buffer },
): Promise<void> {
  const carried = new CarriedSession(tools, grant, splice(client, target, first));
  tools.book.enter(carried);
  return carried.between.done.then((end) => carried.over(end));
}

class CarriedSession implements RelayEntry {
  readonly between: Splice;
  readonly #tools: RelayTools;
  readonly #grant: RoutingTokenGrant;
  #logOn: Promise<unknown> | null = null;

  constructor(tools: RelayTools, grant: RoutingTokenGrant, between: Splice) {
    this.#tools = tools;
    this.#grant = grant;
    this.between = between;
  }

  get sessionId(): string {
    return this.#grant.session.id;
  }

  get targetId(): string {
    return this.#grant.target.id;
  }

  settled(): void {
    this.#logOn ??= this.#report('log-on');
  }

  over(end: SpliceEnd): void {
    const { book, parts } = this.#tools;
    book.leave(this);
    if (end.toClient > pictureBytes) this.settled();
    // What is booked of one session is booked in order. A second client of the same user takes the session over: the first one's end is no disconnect then.
    if (!book.hasSession(this.sessionId)) this.#logOn?.then(() => this.#report('disconnect'));
    parts.log.debug({ session: this.sessionId, target: this.#grant.target.name, ...end }, 'relay ended');
  }

  #report(what: SessionReport['what']): Promise<unknown> {
    const { directory, log } = this.#tools.parts;
    const { session, target } = this.#grant;
    return directory
      .report({ targetId: target.id, sessionId: session.id, user: session.user, domain: session.domain, what })
      .catch((error: unknown) => log.warn({ err: error, session: session.id }, `the ${what} could not be booked`));
  }
}
