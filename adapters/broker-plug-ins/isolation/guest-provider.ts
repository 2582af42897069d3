import type { GlobalStore, Provider, ResourceStore, SbError, TargetLock } from '@atelier/plugin-kit/broker';
import { type InitializeParams, type ListPage, listMethods, storeMethods, type WireLock } from './protocol.ts';
import type { RpcPeer } from './rpc-peer.ts';

/** Locks that the plug-in holds, so that it learns when one is lost. */
export type GuestLocks = Map<number, AbortController>;

const toTargetLock = (peer: RpcPeer, locks: GuestLocks, { lock, targetName, fence }: WireLock): TargetLock => {
  const lost = new AbortController();
  locks.set(lock, lost);
  return {
    targetName,
    fence,
    signal: lost.signal,
    release: async () => {
      locks.delete(lock);
      await peer.request('resourceStore.releaseTargetLock', [lock]);
    },
  };
};

async function* list(peer: RpcPeer, method: string, query: unknown): AsyncGenerator<unknown> {
  let iterator: number | null = null;
  try {
    do {
      const page = (await peer.request(method, [query ?? {}, iterator])) as ListPage;
      ({ iterator } = page);
      yield* page.items;
    } while (iterator !== null);
  } finally {
    if (iterator !== null) peer.notify('closeEnumeration', [iterator]);
  }
}

/** Asks for a lock on behalf of the plug-in: a target's, or a machine's of a job. */
export const requestLock = async (
  peer: RpcPeer,
  locks: GuestLocks,
  method: string,
  params: unknown,
): Promise<TargetLock> => toTargetLock(peer, locks, (await peer.request(method, params)) as WireLock);

/** What a plug-in in a thread is given: every method asks the broker. */
export function guestProvider(peer: RpcPeer, locks: GuestLocks, params: InitializeParams): Provider {
  const asking = (group: keyof typeof storeMethods): Record<string, (...given: unknown[]) => unknown> =>
    Object.fromEntries(
      storeMethods[group].map((method) => [method, (...given) => peer.request(`${group}.${method}`, given)]),
    );
  const lists = (group: string): Record<string, (query?: unknown) => unknown> =>
    Object.fromEntries(listMethods.map((method) => [method, (query) => list(peer, `${group}.${method}`, query)]));
  const resourceStore = {
    ...asking('resourceStore'),
    ...lists('resourceStore'),
    acquireTargetLock: (...given: readonly unknown[]) =>
      requestLock(peer, locks, 'resourceStore.acquireTargetLock', given),
  };
  return {
    ...params,
    resourceStore: resourceStore as unknown as ResourceStore,
    globalStore: { ...asking('globalStore'), ...lists('globalStore') } as unknown as GlobalStore,
    filterPluginStore: asking('filterPluginStore') as unknown as Provider['filterPluginStore'],
    services: asking('services') as unknown as Provider['services'],
    log: (level, text) => peer.notify('log', [level, String(text).slice(0, 2000)]),
    error: (code, message = code) =>
      Object.assign(new Error(message), { name: 'SbError', code, fatal: true }) as unknown as SbError,
  };
}
