import type { RoutingTokenGrant } from '@atelier/adapters/session-directory';
import type { BrokerLimits } from '../broker-limits.ts';
import type { BrokerParts } from '../broker-parts.ts';
import type { OpenedConnection } from '../listener/listener.ts';
import { diallerLike, own, type Wire, type WireOwner } from '../wire.ts';
import { carrySession } from './carry-session.ts';
import { type DialedTarget, type DialFailure, dial, type Leaving } from './dial-target.ts';
import type { RelayBook } from './relay-book.ts';

/** What the relay needs beside the broker's parts. */
export interface RelayTools {
  readonly parts: BrokerParts;
  readonly limits: BrokerLimits;
  readonly book: RelayBook;
}

const leastConfirmMs = 1000;

/** How a target took no connection. */
export interface RelayFailure {
  readonly kind: 'dead' | 'silent' | 'hung';
  readonly why: string;
}

/**
 * Connects a client that came back with its token to the target that the token names, and stays between them until one ends it.
 * Gives null then; or why the target took no connection, the client being still there and unanswered.
 */
export const relayConnection = (
  tools: RelayTools,
  connection: OpenedConnection,
  grant: RoutingTokenGrant,
): Promise<RelayFailure | null> =>
  new Promise((resolve, reject) => new Relaying(tools, connection, grant, { resolve, reject }).begin());

interface Outcome {
  readonly resolve: (failure: RelayFailure | null) => void;
  readonly reject: (error: unknown) => void;
}

/** A client whose target is dialled: all that it can do meanwhile is hang up. */
class Relaying implements Leaving, WireOwner {
  readonly #tools: RelayTools;
  readonly #connection: OpenedConnection;
  readonly #grant: RoutingTokenGrant;
  readonly #outcome: Outcome;
  #onLeave: (() => void) | null = null;

  constructor(tools: RelayTools, connection: OpenedConnection, grant: RoutingTokenGrant, outcome: Outcome) {
    this.#tools = tools;
    this.#connection = connection;
    this.#grant = grant;
    this.#outcome = outcome;
    own(connection.wire, this);
  }

  begin(): void {
    this.#tools.book.turnstile.enter(this.#grant.target.id, () => this.#dial());
  }

  get aborted(): boolean {
    return this.#connection.wire.destroyed;
  }

  addEventListener(_: 'abort', listener: () => void): void {
    this.#onLeave = listener;
  }

  removeEventListener(): void {
    this.#onLeave = null;
  }

  closed(): void {
    this.#onLeave?.();
  }

  data(): void {}

  ended(): void {}

  #dial(): void {
    const { limits, book } = this.#tools;
    const { target, session } = this.#grant;
    // Who is new can as well be elsewhere: a host that is fast as a rule is not waited for as long as any other. To come back costs the client more than
    // a look costs us.
    const confirmMs =
      session.state === 'connecting'
        ? Math.max(leastConfirmMs, book.answers.patienceMs(target.id, limits.confirmMs))
        : limits.confirmLiveMs;
    const times = { dialMs: limits.dialMs, confirmMs };
    // Hosts do not know the preconnection PDU: they get the request alone.
    const opening = this.#connection.opening.rawRequest;
    const dialler = diallerLike(this.#connection.wire);
    dial({ endpoints: target.endpoints, opening, times, signal: this, dialler }, (dialed) => {
      book.turnstile.leave(target.id);
      this.#dialed(dialed);
    });
  }

  #dialed(dialed: DialedTarget<Wire> | DialFailure): void {
    const { resolve, reject } = this.#outcome;
    if (!('kind' in dialed)) {
      try {
        this.#carry(dialed);
      } catch (error) {
        reject(error);
      }
    } else if (dialed.kind === 'gone') resolve(null);
    else resolve({ kind: dialed.kind, why: dialed.why });
  }

  #carry(dialed: DialedTarget<Wire>): void {
    const { wire, place, opening } = this.#connection;
    const { resolve, reject } = this.#outcome;
    this.#tools.book.answers.note(this.#grant.target.id, dialed.ms);
    if (wire.destroyed || !place.advance('relay')) {
      dialed.socket.destroy();
      wire.destroy();
      resolve(null);
      return;
    }
    const first = { toTarget: opening.rest, toClient: dialed.first };
    carrySession(this.#tools, this.#grant, wire, dialed.socket, first).then(() => resolve(null), reject);
  }
}
