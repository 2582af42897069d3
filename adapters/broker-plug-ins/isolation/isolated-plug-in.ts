import type { BrokerPlugin, ClientConnection, NotifySink, Provider } from '@atelier/plugin-kit/broker';
import type { IsolationStatus } from '../chain-plug-in.ts';
import type { LeftPage, PageRemovals } from '../filter-through.ts';
import { CandidateShelf } from './candidate-shelf.ts';
import { HostCalls } from './host-calls.ts';
import { callStage, hostMethods } from './host-methods.ts';
import { readRemovals } from './page-removals.ts';
import { type InitializeParams, type InitializeResult, methodNames } from './protocol.ts';
import { RpcPeer } from './rpc-peer.ts';
import type { PlugInTransport, StartTransport } from './transport.ts';
import { PlugInUnavailableError } from './unavailable.ts';

export interface IsolationLimits {
  /** Milliseconds to load the module and initialise. */
  readonly startMs: number;
  /** Milliseconds to answer a ping, after a call was late: who does not is in a loop. */
  readonly pingMs: number;
  /** Milliseconds to terminate in good order. */
  readonly stopMs: number;
  /** Calls that may wait for the plug-in at the same time. */
  readonly mostWaiting: number;
  /** Notifications that may wait until it reads them. */
  readonly mostUnread: number;
  /** Messages of the plug-in in a second, without its answers. */
  readonly mostMessages: number;
  /** Milliseconds before it is started again: doubled each time up to `longestBackOff`. */
  readonly backOff: number;
  readonly longestBackOff: number;
}

export const usualIsolationLimits: IsolationLimits = {
  startMs: 10_000,
  pingMs: 500,
  stopMs: 5000,
  mostWaiting: 256,
  mostUnread: 4000,
  mostMessages: 50_000,
  backOff: 250,
  longestBackOff: 60_000,
};

let instances = 0;

/** Who ran so long without ending begins from the shortest back-off again. */
const settledMs = 60_000;

interface Running {
  readonly transport: PlugInTransport;
  readonly peer: RpcPeer;
  readonly ready: Promise<void>;
  readonly startedAt: number;
  /** Notifications since it last answered a ping. */
  unread: number;
  /** Null: it keeps no candidates. */
  shelf: CandidateShelf | null;
}

/**
 * A plug-in in a thread or process of its own. It is ended and started again, after a pause that grows, when it ends by itself, does not answer, or floods
 * us. `plugin` has the methods that it said it has, once it was ready.
 */
export class IsolatedPlugIn {
  readonly plugin: BrokerPlugin;
  readonly #provider: Provider;
  readonly #startTransport: StartTransport;
  readonly #limits: IsolationLimits;
  readonly #calls: HostCalls;
  #running: Running | null = null;
  #state: IsolationStatus['state'] = 'starting';
  #restarts = 0;
  readonly #instance = ++instances;
  #endsInRow = 0;
  #lastError: IsolationStatus['lastError'] = null;
  #again: NodeJS.Timeout | null = null;
  #pinging: Promise<void> | null = null;

  constructor(name: string, provider: Provider, startTransport: StartTransport, limits: Partial<IsolationLimits> = {}) {
    this.plugin = { name };
    this.#provider = provider;
    this.#startTransport = startTransport;
    this.#limits = { ...usualIsolationLimits, ...limits };
    this.#calls = new HostCalls(provider, (lock) => this.#running?.peer.notify('lockLost', [lock]));
  }

  status(): IsolationStatus {
    const run = `${this.#instance}.${this.#restarts}`;
    return { state: this.#state, restarts: this.#restarts, run, lastError: this.#lastError };
  }

  /** Resolves when the plug-in is ready; rejects when it could not be started the first time (it is tried again). */
  start(): Promise<void> {
    return this.#launch();
  }

  /** Ends it; it may put things in order for a while. */
  async stop(): Promise<void> {
    const running = this.#running;
    const wasReady = this.#state === 'ready';
    this.#state = 'stopped';
    if (this.#again) clearTimeout(this.#again);
    if (!running) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, this.#limits.stopMs);
    });
    // One that is not ready yet has nothing to put in order.
    if (wasReady) await Promise.race([running.peer.request('terminate', []).catch(() => undefined), late]);
    clearTimeout(timer);
    await running.transport.kill();
    await this.#calls.reset();
  }

  /** Ends it at once, without a word, as kill -9 does. It is not started again. */
  async kill(): Promise<void> {
    this.#state = 'stopped';
    if (this.#again) clearTimeout(this.#again);
    this.#running?.peer.close(new Error('it was killed'));
    await this.#running?.transport.kill();
    await this.#calls.reset();
  }

  /** Ends it and starts it anew at once, as a person asked for. */
  reset(): void {
    const running = this.#running;
    if (this.#state === 'stopped') return;
    if (this.#again) clearTimeout(this.#again);
    this.#endsInRow = 0;
    this.#running = null;
    this.#state = 'restarting';
    running?.peer.close(new PlugInUnavailableError('it is being started again'));
    void running?.transport.kill();
    void this.#calls.reset();
    this.#restarts += 1;
    this.#launch().catch(() => undefined);
  }

  /** Asks it something. Rejects with PlugInUnavailableError while it is being started again. */
  async request(method: string, params: unknown): Promise<unknown> {
    const running = this.#running;
    // Nobody waits for one that starts: it may take its ten seconds, or never come.
    if (!running || this.#state !== 'ready') throw new PlugInUnavailableError(`it is ${this.#state}`);
    return await running.peer.request(method, params);
  }

  /** Asks its filter about pages of candidates, of which each is sent once; undefined when it keeps none. */
  filterPages(
    connection: ClientConnection,
    pages: readonly LeftPage[],
    sink: NotifySink,
  ): Promise<readonly PageRemovals[] | null> | undefined {
    const shelf = this.#state === 'ready' ? this.#running?.shelf : null;
    if (!shelf) return undefined;
    const about = pages.map(({ page, gone }) => ({ page: shelf.number(page), gone: [...gone] }));
    return callStage(this, this.#calls, 'filterPages', { connection, sink, next: null }, { pages: about }).then(
      (answer) => readRemovals(answer, pages),
    );
  }

  /** Tells it something. Of those that it does not take in, the ones beyond `mostUnread` are dropped. */
  notify(method: string, params: unknown): void {
    const running = this.#running;
    if (this.#state !== 'ready' || !running) return;
    const { mostUnread } = this.#limits;
    if (running.unread >= mostUnread) return;
    running.unread += 1;
    running.peer.notify(method, params);
    // Who answers a ping has read all that was sent before it.
    if (running.unread % Math.ceil(mostUnread / 4) === 0)
      running.peer.request('ping', []).then(
        () => {
          running.unread = 0;
        },
        () => undefined,
      );
    if (running.unread === mostUnread) {
      this.#provider.log('warning', `does not keep up: of ${mostUnread} notifications that wait, more are dropped`);
      void this.checkAlive();
    }
  }

  /** Ends it if it does not answer a ping: called when an answer is late. */
  checkAlive(): Promise<void> {
    this.#pinging ??= this.#ping().finally(() => {
      this.#pinging = null;
    });
    return this.#pinging;
  }

  async #ping(): Promise<void> {
    const running = this.#running;
    if (!running || this.#state !== 'ready') return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(resolve, this.#limits.pingMs, false);
    });
    const pong = running.peer.request('ping', []).then(
      () => true,
      // That there is no such method is an answer, too; that it ended is known.
      () => true,
    );
    const alive = await Promise.race([pong, late]);
    clearTimeout(timer);
    if (!alive && this.#running === running) {
      this.#ended(running.peer, `it does not answer within ${this.#limits.pingMs} ms`);
      await running.transport.kill();
    }
  }

  async #launch(): Promise<void> {
    const { startMs, mostWaiting, mostMessages } = this.#limits;
    let second = 0;
    let messages = 0;
    const flooded = (): boolean => {
      const now = Math.floor(performance.now() / 1000);
      if (now !== second) messages = 0;
      second = now;
      messages += 1;
      return messages > mostMessages;
    };
    const peer: RpcPeer = new RpcPeer({
      send: (message) => transport.send(message),
      handle: (method, params) => this.#calls.answer(method, params),
      mostWaiting,
    });
    const transport = this.#startTransport({
      message: (message) => {
        if (!peer.isAnswer(message) && flooded()) {
          this.#ended(peer, `it sent more than ${mostMessages} messages in a second`);
          void transport.kill();
        } else if (!peer.receive(message))
          this.#provider.log('warning', 'it sent what is no message, or no answer to anything');
      },
      output: (text) => this.#provider.log('info', text),
      end: (why) => this.#ended(peer, why),
    });
    const timer = setTimeout(() => {
      this.#ended(peer, `it was not ready within ${startMs} ms`);
      void transport.kill();
    }, startMs);
    const ready = this.#initialize(peer).finally(() => clearTimeout(timer));
    // Whoever waits is told; nobody may.
    ready.catch(() => undefined);
    this.#running = { transport, peer, ready, startedAt: performance.now(), unread: 0, shelf: null };
    await ready;
  }

  async #initialize(peer: RpcPeer): Promise<void> {
    const { apiVersion, brokerName, providerName, settings } = this.#provider;
    const params: InitializeParams = { apiVersion, brokerName, providerName, settings };
    try {
      const { methods, keepsCandidates } = ((await peer.request('initialize', params)) ??
        {}) as Partial<InitializeResult>;
      if (!Array.isArray(methods)) throw new Error('its answer to initialize has no list of methods');
      const running = this.#running;
      if (keepsCandidates === true && running?.peer === peer)
        running.shelf = new CandidateShelf((method, about) => peer.notify(method, about));
      const known = methodNames.filter((name) => methods.includes(name));
      Object.assign(this.plugin, hostMethods(this, this.#calls, known));
      if (this.#state !== 'stopped') this.#state = 'ready';
    } catch (error) {
      const running = this.#running;
      this.#ended(peer, `it did not initialise: ${(error as Error).message}`);
      await running?.transport.kill();
      throw error;
    }
  }

  #ended(peer: RpcPeer, why: string): void {
    const running = this.#running;
    peer.close(new Error(why));
    if (running?.peer !== peer || this.#state === 'stopped') return;
    this.#running = null;
    this.#lastError = { at: new Date(), message: why.slice(0, 500) };
    this.#provider.log('error', `ended: ${why}`);
    const was = this.#state;
    this.#state = was === 'starting' || was === 'failed' ? 'failed' : 'restarting';
    if (performance.now() - running.startedAt > settledMs) this.#endsInRow = 0;
    const { backOff, longestBackOff } = this.#limits;
    const pause = Math.min(longestBackOff, backOff * 2 ** Math.min(this.#endsInRow, 20));
    this.#endsInRow += 1;
    this.#again = setTimeout(() => {
      this.#restarts += 1;
      this.#launch().catch(() => undefined);
    }, pause).unref();
    void this.#calls.reset();
  }
}
