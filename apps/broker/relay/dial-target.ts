import type { Socket } from 'node:net';
import type { TargetEndpoint } from '@atelier/domain/broker';
import { tpktLength } from '@atelier/rdp';
import type { BrokerLimits } from '../broker-limits.ts';
import { type Dialler, dialSocket, disown, own, type Wire, type WireOwner } from '../wire.ts';

/** A target that took the connection: its socket is paused and nobody's, its first bytes read. */
export interface DialedTarget<W extends Wire = Socket> {
  readonly socket: W;
  readonly endpoint: TargetEndpoint;
  /** From its X.224 Connection Confirm on. */
  readonly first: Buffer;
  /** From the dialling to the confirm. */
  readonly ms: number;
}

/** Why no endpoint took it. `dead`: nobody listens there; `silent`: no answer to the dialling; `hung`: it was taken, but then nothing was said. */
export interface DialFailure {
  readonly kind: 'dead' | 'silent' | 'hung' | 'gone';
  readonly why: string;
}

/** Whoever waits may go away: what an AbortSignal says of that. */
export interface Leaving {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** How a target is to be dialled. */
export interface DialOrder<W extends Wire> {
  readonly endpoints: readonly TargetEndpoint[];
  /** What the client said first, sent as it came. */
  readonly opening: Uint8Array;
  readonly times: Pick<BrokerLimits, 'dialMs' | 'confirmMs'>;
  /** The client went away. */
  readonly signal: Leaving;
  readonly dialler: Dialler<W>;
}

const confirmMost = 512;
/** Nobody said no: that a name cannot be looked up now says nothing of its host. */
const isNoAnswer = new Set<string | undefined>(['EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EAI_AGAIN']);

/**
 * Dials a target's endpoints in order, sends the client's opening, and waits for the confirm: a host that hangs still takes connections, but does not answer.
 */
export const dialTarget = (
  endpoints: readonly TargetEndpoint[],
  opening: Uint8Array,
  times: DialOrder<Socket>['times'],
  signal: Leaving,
): Promise<DialedTarget | DialFailure> =>
  new Promise((resolve) => dial({ endpoints, opening, times, signal, dialler: dialSocket }, resolve));

/** The same without a promise: one for each step is a good part of what a relayed connection costs. */
export const dial = <W extends Wire>(
  order: DialOrder<W>,
  done: (result: DialedTarget<W> | DialFailure) => void,
): void => new Dialing(order, done).next({ kind: 'dead', why: 'the target has no address' });

const overdue = (dialing: { overdue(): void }) => dialing.overdue();

/** One target being dialled: each endpoint first until it takes the connection, then until it confirms. */
class Dialing<W extends Wire> implements WireOwner {
  readonly #order: DialOrder<W>;
  readonly #done: (result: DialedTarget<W> | DialFailure) => void;
  readonly #begun = performance.now();
  readonly #onAbort = () => this.#fail('gone', 'the client went away');
  #tried = 0;
  #stage: 'dialling' | 'confirming' | 'settled' = 'settled';
  #socket!: W;
  #timer: NodeJS.Timeout | undefined;
  #read: Buffer | null = null;

  constructor(order: DialOrder<W>, done: (result: DialedTarget<W> | DialFailure) => void) {
    this.#order = order;
    this.#done = done;
  }

  /** Dials the next endpoint; when there is none, it ends by how the one before failed. */
  next(failure: DialFailure): void {
    const { endpoints, signal, dialler, times } = this.#order;
    const endpoint = endpoints[this.#tried];
    if (signal.aborted || !endpoint) {
      this.#done(signal.aborted ? { kind: 'gone', why: 'the client went away' } : failure);
      return;
    }
    this.#tried += 1;
    this.#stage = 'dialling';
    this.#read = null;
    try {
      this.#socket = dialler({ host: endpoint.address, port: endpoint.port });
    } catch (error) {
      // An address or a port that is none. Nobody would catch it here, in the middle of events.
      this.next({ kind: 'dead', why: `${this.#where()}: ${(error as Error).message}` });
      return;
    }
    own(this.#socket, this);
    signal.addEventListener('abort', this.#onAbort);
    this.#timer = setTimeout(overdue, times.dialMs, this);
  }

  connected(): void {
    clearTimeout(this.#timer);
    this.#stage = 'confirming';
    this.#timer = setTimeout(overdue, this.#order.times.confirmMs, this);
    this.#socket.write(this.#order.opening);
  }

  data(_: Wire, chunk: Buffer): void {
    const read = Buffer.concat(this.#read ? [this.#read, chunk] : [chunk]);
    this.#read = read;
    const length = lengthOf(read);
    if (length === 'no-rdp') {
      this.#fail('hung', `${this.#where()} speaks something else than rdp`);
      return;
    }
    if (read.length < (length ?? Number.POSITIVE_INFINITY) && read.length < confirmMost) return;
    this.#socket.pause();
    this.#settle();
    this.#done({
      socket: this.#socket,
      endpoint: this.#endpoint(),
      first: read,
      ms: performance.now() - this.#begun,
    });
  }

  ended(): void {
    this.#fail('hung', `${this.#where()} hung up at once`);
  }

  failed(_: Wire, error: NodeJS.ErrnoException): void {
    this.#fail(isNoAnswer.has(error.code) ? 'silent' : 'dead', `${this.#where()}: ${error.code ?? error.message}`);
  }

  closed(): void {
    this.ended();
  }

  overdue(): void {
    const stage = this.#stage;
    // What came meanwhile is looked at first: when we were busy ourselves, the answer lies in the socket already.
    setImmediate(() => {
      if (this.#stage !== stage) return;
      const { dialMs, confirmMs } = this.#order.times;
      if (stage === 'dialling') this.#fail('silent', `${this.#where()} did not answer within ${dialMs} ms`);
      else this.#fail('hung', `${this.#where()} took the connection and said nothing in ${confirmMs} ms`);
    });
  }

  #fail(kind: DialFailure['kind'], why: string): void {
    if (this.#stage === 'settled') return;
    this.#settle();
    this.#socket.destroy();
    if (kind === 'gone') this.#done({ kind, why });
    else this.next({ kind, why });
  }

  #settle(): void {
    clearTimeout(this.#timer);
    this.#stage = 'settled';
    this.#order.signal.removeEventListener('abort', this.#onAbort);
    disown(this.#socket);
  }

  #endpoint(): TargetEndpoint {
    return this.#order.endpoints[this.#tried - 1]!;
  }

  #where(): string {
    const { address, port } = this.#endpoint();
    return `${address}:${port}`;
  }
}

/** The length of the first message; null while it is unknown. Who answers in other words is no target: nobody gets at other services by way of us. */
function lengthOf(bytes: Buffer): number | null | 'no-rdp' {
  try {
    return tpktLength(bytes);
  } catch {
    return 'no-rdp';
  }
}
