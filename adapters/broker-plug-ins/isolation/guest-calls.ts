import type { BrokerPlugin, ClientConnection, NotifySink, ProvisioningSink } from '@atelier/plugin-kit/broker';
import { GuestCandidates } from './guest-candidates.ts';
import { type GuestLocks, requestLock } from './guest-provider.ts';
import {
  type FilterPagesParams,
  type FilterPagesResult,
  type JobParams,
  jobSinkNames,
  type StageParams,
  taskSinkNames,
} from './protocol.ts';
import type { RpcPeer } from './rpc-peer.ts';

type AnyMethod = (...given: unknown[]) => unknown;

/** Runs the methods of a plug-in's stages, and knows which of them the broker no longer waits for. */
export class GuestCalls {
  readonly #peer: RpcPeer;
  readonly #plugin: BrokerPlugin;
  readonly #locks: GuestLocks;
  readonly #running = new Map<number, AbortController>();
  readonly candidates = new GuestCandidates();

  constructor(peer: RpcPeer, plugin: BrokerPlugin, locks: GuestLocks) {
    this.#peer = peer;
    this.#plugin = plugin;
    this.#locks = locks;
  }

  #method(name: string): AnyMethod {
    const method = (this.#plugin as unknown as Record<string, unknown>)[name];
    if (typeof method !== 'function') throw new Error(`the plug-in has no method ${name}`);
    return method.bind(this.#plugin) as AnyMethod;
  }

  stage(name: string, params: StageParams): Promise<unknown> {
    const about = params.candidates ?? params.target;
    return this.#call(params, (given, sink, next) =>
      this.#method(name)(given, ...(about === undefined ? [] : [about]), sink, next),
    );
  }

  filterPages(params: FilterPagesParams): Promise<FilterPagesResult> {
    const ask = this.#method('filterTargets');
    return this.#call(params, (given, sink) =>
      this.candidates.filter(params.pages, (left) => {
        given.signal.throwIfAborted();
        return ask(given, left, sink);
      }),
    );
  }

  async #call<T>(
    { call, connection }: Pick<StageParams, 'call' | 'connection'>,
    work: (given: ClientConnection, sink: NotifySink, next: () => Promise<unknown>) => T | Promise<T>,
  ): Promise<T> {
    const peer = this.#peer;
    const cancel = new AbortController();
    this.#running.set(call, cancel);
    const given: ClientConnection = {
      ...connection,
      disconnectedSession: async () =>
        (await peer.request('connection.disconnectedSession', { call })) as Awaited<
          ReturnType<ClientConnection['disconnectedSession']>
        >,
      putContext: async (key, value) => {
        await peer.request('connection.putContext', { call, name: key, value });
      },
      getContext: async (key) =>
        (await peer.request('connection.getContext', { call, name: key })) as Awaited<
          ReturnType<ClientConnection['getContext']>
        >,
      signal: cancel.signal,
    };
    const sink: NotifySink = { report: (status, text) => peer.notify('report', { call, status, text }) };
    const next = () => peer.request('next', { call });
    try {
      return await work(given, sink, next);
    } finally {
      this.#running.delete(call);
    }
  }

  cancel(call: number): void {
    this.#running.get(call)?.abort(new Error('nobody waits for the answer any more'));
  }

  async job(name: string, { job }: JobParams): Promise<void> {
    const peer = this.#peer;
    const telling = Object.fromEntries(
      jobSinkNames.map((method) => [method, (...given: unknown[]) => peer.notify(`job.${method}`, [job.id, ...given])]),
    );
    const sink = {
      ...telling,
      lockVirtualMachine: (vm: unknown) => requestLock(peer, this.#locks, 'job.lockVirtualMachine', [job.id, vm]),
    } as unknown as ProvisioningSink;
    await this.#method(name)(job, sink);
  }

  async initializeTasks(): Promise<void> {
    const peer = this.#peer;
    const sink = Object.fromEntries(
      taskSinkNames.map((method) => [method, (...given: unknown[]) => peer.notify(`task.${method}`, given)]),
    );
    await this.#method('initializeTaskPlugin')(sink);
  }

  async plain(name: string, given: readonly unknown[]): Promise<unknown> {
    return await this.#method(name)(...given);
  }
}
