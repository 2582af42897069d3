import type { ClientConnection, Json, ProvisioningSink, TaskPluginNotifySink } from '@atelier/plugin-kit/broker';
import { type ClientStatus, clientStatusNumbers, type NotifySink, type Provider } from '@atelier/plugin-kit/broker';
import { atATime } from './at-a-time.ts';
import { HostLists } from './host-lists.ts';
import { HostLocks } from './host-locks.ts';
import { jobSinkNames, listMethods, storeMethods, taskSinkNames } from './protocol.ts';
import { unknownMethod } from './rpc-peer.ts';
import { checkListQuery, checkStoreParams } from './store-params.ts';

/** A stage's call that a plug-in is working on. */
export interface OpenCall {
  readonly connection: ClientConnection;
  readonly sink: NotifySink;
  /** Null for filters, which have nothing below. */
  readonly next: (() => Promise<unknown>) | null;
}

type AnyMethod = (...given: readonly unknown[]) => unknown;

/** Answers what one plug-in asks of the broker. Names are looked up in lists, never on objects. */
export class HostCalls {
  readonly #provider: Provider;
  readonly #calls = new Map<number, OpenCall>();
  readonly #jobs = new Map<string, ProvisioningSink>();
  readonly #locks: HostLocks;
  readonly #lists = new HostLists();
  /** Each request may be a query of the directory. Waiting for a lock is none. */
  readonly #turn = atATime(32, 10_000);
  taskSink: TaskPluginNotifySink | null = null;
  #nextCall = 1;

  /** `lockLost` is told of a lock that the plug-in holds no more. */
  constructor(provider: Provider, lockLost: (lock: number) => void) {
    this.#provider = provider;
    this.#locks = new HostLocks(lockLost);
  }

  open(call: OpenCall): number {
    const id = this.#nextCall++;
    this.#calls.set(id, call);
    return id;
  }

  close(call: number): void {
    this.#calls.delete(call);
  }

  openJob(id: string, sink: ProvisioningSink): void {
    this.#jobs.set(id, sink);
  }

  closeJob(id: string): void {
    this.#jobs.delete(id);
  }

  /** The plug-in ended: its locks are free, its lists are closed, its calls are over. */
  async reset(): Promise<void> {
    this.#calls.clear();
    this.#jobs.clear();
    this.#lists.closeAll();
    await this.#locks.releaseAll();
  }

  async answer(method: string, params: unknown): Promise<unknown> {
    if (Array.isArray(params)) return await this.#byPosition(method, params);
    const { call, ...named } = (params ?? {}) as { readonly call?: unknown } & Readonly<Record<string, unknown>>;
    const open = typeof call === 'number' ? this.#calls.get(call) : undefined;
    if (!open) throw new Error(`${method.slice(0, 100)}: the call ${String(call).slice(0, 20)} is over`);
    switch (method) {
      case 'next':
        if (!open.next) throw unknownMethod(method);
        return await open.next();
      case 'report':
        return report(open.sink, named.status, named.text);
      case 'connection.disconnectedSession':
        return await open.connection.disconnectedSession();
      case 'connection.putContext':
        return await open.connection.putContext(String(named.name), named.value as Json);
      case 'connection.getContext':
        return await open.connection.getContext(String(named.name));
      default:
        throw unknownMethod(method);
    }
  }

  async #byPosition(method: string, given: readonly unknown[]): Promise<unknown> {
    if (given.length > 10) throw new Error('at most 10 parameters');
    const [group = '', name = ''] = method.split('.', 2);
    const provider = this.#provider;
    if (method === 'log') return provider.log(levelOf(given[0]), String(given[1]).slice(0, 2000));
    if (method === 'closeEnumeration') return this.#lists.close(given[0]);
    if (method === 'resourceStore.releaseTargetLock') return await this.#locks.release(given[0]);
    if (method === 'resourceStore.acquireTargetLock') {
      const [target, timeout] = given;
      const most = typeof timeout === 'number' && timeout >= 0 ? Math.min(timeout, 300_000) : undefined;
      return this.#locks.keep(await provider.resourceStore.acquireTargetLock(String(target), most));
    }
    if (group === 'job') return await this.#job(name, given);
    if (group === 'task' && (taskSinkNames as readonly string[]).includes(name) && this.taskSink)
      return (this.taskSink[name as keyof TaskPluginNotifySink] as AnyMethod)(...given.map(toDates));
    if ((group === 'globalStore' || group === 'resourceStore') && (listMethods as readonly string[]).includes(name))
      return await this.#turn(() =>
        this.#lists.page(given[1], () => {
          const store = provider[group] as unknown as Record<string, (query: unknown) => AsyncIterable<unknown>>;
          return store[name]!(checkListQuery(given[0], method));
        }),
      );
    if (Object.hasOwn(storeMethods, group)) {
      const stores = group as keyof typeof storeMethods;
      const known = storeMethods[stores] as readonly string[];
      const store = provider[stores] as unknown as Record<string, AnyMethod>;
      if (known.includes(name)) {
        const checked = checkStoreParams(stores, name, given);
        return await this.#turn(async () => store[name]?.(...checked));
      }
    }
    throw unknownMethod(method);
  }

  async #job(name: string, [id, ...given]: readonly unknown[]): Promise<unknown> {
    const sink = this.#jobs.get(String(id));
    if (!sink) throw new Error('there is no such job');
    if (name === 'lockVirtualMachine') return this.#locks.keep(await sink.lockVirtualMachine(given[0] as never));
    if ((jobSinkNames as readonly string[]).includes(name))
      return (sink as unknown as Record<string, AnyMethod>)[name]?.(...given);
    throw unknownMethod(`job.${name}`);
  }
}

const levelOf = (said: unknown): 'info' | 'warning' | 'error' =>
  said === 'warning' || said === 'error' ? said : 'info';

function report(sink: NotifySink, status: unknown, text: unknown): void {
  if (typeof status !== 'string' || !Object.hasOwn(clientStatusNumbers, status))
    throw new Error(`${String(status).slice(0, 50)} is no status`);
  // One line of text, since it is painted.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go
  const line = typeof text === 'string' ? text.replace(/[\u0000-\u001f\u007f]+/g, ' ').slice(0, 200) : undefined;
  sink.report(status as ClientStatus, line);
}

/** Times of tasks come as text from processes. */
function toDates(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const times = ['startTime', 'endTime', 'deadline'];
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      times.includes(key) && typeof one === 'string' ? new Date(one) : one,
    ]),
  );
}
