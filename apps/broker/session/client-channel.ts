import type { TLSSocket } from 'node:tls';
import type { Acceptor, AcceptorEvent } from '@atelier/rdp';

type EventOf<Kind extends AcceptorEvent['kind']> = Extract<AcceptorEvent, { readonly kind: Kind }>;

const mostKept = 64;

/** One client behind TLS: what it says as events, what it is told as messages. Owns the socket. */
export class ClientChannel {
  readonly acceptor: Acceptor;
  readonly #tls: TLSSocket;
  readonly #gone = new AbortController();
  readonly #kept: AcceptorEvent[] = [];
  #listener: ((event: AcceptorEvent) => void) | null = null;
  #fault: unknown = null;

  /** `first`: what came behind NLA already. */
  constructor(tls: TLSSocket, acceptor: Acceptor, first: Uint8Array) {
    this.#tls = tls;
    this.acceptor = acceptor;
    tls.on('data', (chunk: Buffer) => this.#receive(chunk));
    tls.on('close', () => this.#gone.abort(new Error('the client hung up')));
    // A client that says its last has nothing more to be told.
    tls.on('end', () => tls.destroy());
    if (first.length > 0) this.#receive(first);
    tls.resume();
    if (tls.destroyed) this.#gone.abort(new Error('the client hung up'));
  }

  /** Aborted when the client is gone. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** What the client sent that no client may send; null. */
  get fault(): unknown {
    return this.#fault;
  }

  /** Whether what was sent has left for the kernel: while not, paint nothing more. */
  get keepsUp(): boolean {
    return !this.#tls.writableNeedDrain;
  }

  /** Every event goes to the listener from now on, those that were kept first. */
  listen(listener: (event: AcceptorEvent) => void): void {
    this.#listener = listener;
    for (const event of this.#kept.splice(0)) listener(event);
  }

  /** Keeps events again until somebody waits or listens. */
  unlisten(): void {
    this.#listener = null;
  }

  /** Waits for an event of this kind; others that come before it are dropped. Rejects when the client is gone or `signal` aborts. */
  wait<Kind extends AcceptorEvent['kind']>(kind: Kind, signal: AbortSignal): Promise<EventOf<Kind>> {
    return new Promise((resolve, reject) => {
      const both = AbortSignal.any([signal, this.gone]);
      const settle = () => {
        both.removeEventListener('abort', onAbort);
        this.unlisten();
      };
      const onAbort = () => {
        settle();
        reject(this.#fault ?? both.reason);
      };
      if (both.aborted) {
        onAbort();
        return;
      }
      both.addEventListener('abort', onAbort, { once: true });
      let found = false;
      this.listen((event) => {
        if (found) {
          // Came with the one that was waited for, in one portion.
          this.#keep(event);
        } else if (event.kind === kind) {
          found = true;
          settle();
          resolve(event as EventOf<Kind>);
        }
      });
    });
  }

  send(messages: readonly Uint8Array[]): void {
    if (messages.length === 0 || this.#tls.destroyed || this.#tls.writableEnded) return;
    this.#tls.cork();
    for (const message of messages) this.#tls.write(message);
    this.#tls.uncork();
  }

  /** Sends the last messages, and closes when they have gone or `withinMs` is over: the client hangs up by itself before that. */
  end(messages: readonly Uint8Array[], withinMs = 2000): Promise<void> {
    this.send(messages);
    return new Promise((resolve) => {
      if (this.gone.aborted) {
        resolve();
        return;
      }
      const timer = setTimeout(() => this.#tls.destroy(), withinMs);
      this.gone.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  destroy(): void {
    this.#tls.destroy();
  }

  #receive(bytes: Uint8Array): void {
    try {
      const { send, events } = this.acceptor.receive(bytes);
      this.send(send);
      for (const event of events) {
        if (this.#listener) this.#listener(event);
        else this.#keep(event);
      }
    } catch (error) {
      this.#fault = error;
      this.#tls.destroy();
    }
  }

  #keep(event: AcceptorEvent): void {
    // Mice move while nobody looks.
    if (event.kind !== 'input' && this.#kept.length < mostKept) this.#kept.push(event);
  }
}
