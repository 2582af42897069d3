import { type Properties, type Session, type Target, type TargetState, targetStates } from '@atelier/domain/broker';
import { apiVersion } from '../src/api-version.ts';
import type { Environment } from '../src/environment.ts';
import type { GlobalStore } from '../src/global-store.ts';
import type { Provider } from '../src/provider.ts';
import { acquireTargetLockTimeout, type NewTarget, type ResourceStore } from '../src/resource-store.ts';
import { SbError } from '../src/sb-error.ts';
import { StoreError } from '../src/store-error.ts';
import { type MemoryLock, takeLock } from './memory-locks.ts';
import { sampleTarget } from './sample-target.ts';

/** What plug-ins of one test share, as they would a directory. */
export interface MemoryStore {
  readonly targets: Map<string, Target>;
  /** Names of collections beside those that targets are of. */
  readonly collections: Set<string>;
  readonly environments: Map<string, Environment & { readonly provider: string }>;
  readonly sessions: Map<string, Session>;
  readonly properties: Map<string, Properties>;
  /** Leases by name; `lose` ends one as when its holder died. */
  readonly locks: Map<string, MemoryLock>;
  readonly log: string[];
  readonly power: string[];
}

export const createMemoryStore = (targets: readonly Target[] = []): MemoryStore => ({
  targets: new Map(targets.map((one) => [one.name, one])),
  collections: new Set(['office']),
  environments: new Map(),
  sessions: new Map(),
  properties: new Map(),
  locks: new Map(),
  log: [],
  power: [],
});

let sessions = 0;

const fits = (wanted: object, one: object): boolean =>
  Object.entries(wanted).every(
    ([key, value]) =>
      key === 'sortByProperty' || value === undefined || (one as Record<string, unknown>)[key] === value,
  );

/** Those that were named, and those of targets. */
const collectionsOf = (store: MemoryStore): readonly string[] => [
  ...new Set([...store.collections, ...[...store.targets.values()].map((one) => one.collection)]),
];

/** What a target is in the directory unless the plug-in says. */
const usual: Partial<Target> = { kind: 'virtual-machine', fqdn: null, endpoints: [], state: 'unknown' };

const globalStoreOf = (store: MemoryStore): GlobalStore => ({
  queryTarget: async (name, collection) => {
    const found = store.targets.get(name);
    return found && (collection === undefined || found.collection === collection) ? found : null;
  },
  async *enumerateTargets(query = {}) {
    const found = [...store.targets.values()].filter((one) => fits(query, one));
    const by = query.sortByProperty;
    const key = (one: Target): string => String(by === undefined ? one.name : (one.properties[by] ?? ''));
    yield* found.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
  },
  queryEnvironment: async (name) => store.environments.get(name) ?? null,
  async *enumerateEnvironments() {
    yield* store.environments.values();
  },
  querySession: async (id) => store.sessions.get(id) ?? null,
  async *enumerateSessions(query = {}) {
    yield* [...store.sessions.values()].filter((one) => fits(query, one));
  },
  enumerateCollections: async () => collectionsOf(store),
});

function resourceStoreOf(store: MemoryStore, provider: string): ResourceStore {
  const own = (name: string): Target => {
    const target = store.targets.get(name);
    if (!target) throw new StoreError('not-found', `there is no target ${name}`);
    if (target.provider !== provider) throw new StoreError('not-owner', `${name} is kept by ${target.provider}`);
    return target;
  };
  const write = (name: string, said: Partial<Target>): Target => {
    const target = own(name);
    const written = { ...target, ...said, version: target.version + 1 };
    store.targets.set(name, written);
    return written;
  };
  const needState = (state: TargetState): void => {
    if (!targetStates.includes(state)) throw new StoreError('bad-value', `${String(state)} is no state`);
  };
  return {
    ...globalStoreOf(store),
    addTarget: async (target: NewTarget) => {
      if (store.targets.has(target.name)) throw new StoreError('exists', `there is a target ${target.name}`);
      if (!collectionsOf(store).includes(target.collection))
        throw new StoreError('not-found', `there is no collection ${target.collection}`);
      const added = sampleTarget(target.name, { ...usual, ...target, provider });
      store.targets.set(target.name, added);
      return added;
    },
    saveTarget: async (target, options) => {
      if (!options?.force && own(target.name).version !== target.version)
        throw new StoreError('sync-conflict', `${target.name} was changed meanwhile`);
      return write(target.name, { ...target, state: own(target.name).state });
    },
    deleteTarget: async (name) => {
      own(name);
      store.targets.delete(name);
    },
    setTargetProperty: async (name, property, value, version) => {
      const target = own(name);
      if (version !== undefined && version !== target.version)
        throw new StoreError('sync-conflict', `${name} was changed meanwhile`);
      const { [property]: _, ...others } = target.properties;
      return write(name, { properties: value === null ? others : { ...others, [property]: value } });
    },
    setTargetState: async (name, state) => {
      needState(state);
      const target = own(name);
      store.targets.set(name, { ...target, state });
      return target.state;
    },
    testAndSetServerState: async (name, next, test) => {
      needState(next);
      const target = own(name);
      if (target.state === test) store.targets.set(name, { ...target, state: next });
      return target.state;
    },
    setServerDrainMode: async (name, drain) => {
      write(name, { drain });
    },
    acquireTargetLock: async (targetName, timeoutMs = acquireTargetLockTimeout) => {
      if (!store.targets.has(targetName)) throw new StoreError('not-found', `there is no target ${targetName}`);
      return await takeLock(store.locks, targetName, timeoutMs);
    },
    addEnvironment: async (environment) => {
      if (store.environments.has(environment.name)) throw new StoreError('exists', environment.name);
      store.environments.set(environment.name, { ...environment, provider });
    },
    saveEnvironment: async (environment) => {
      store.environments.set(environment.name, { ...environment, provider });
    },
    removeEnvironment: async (name) => {
      store.environments.delete(name);
    },
    addSession: async (session) => {
      const target = store.targets.get(session.target);
      if (!target) throw new StoreError('not-found', session.target);
      const added: Session = {
        id: `s${++sessions}`,
        targetId: target.id,
        collection: target.collection,
        userId: session.user,
        hostSessionId: null,
        createdAt: new Date(),
        disconnectedAt: null,
        initialProgram: '',
        clientDisplay: null,
        clientAddress: '',
        clientName: '',
        ...session,
      };
      store.sessions.set(added.id, added);
      return added;
    },
    setSessionState: async (id, state) => {
      const session = store.sessions.get(id);
      if (!session) throw new StoreError('not-found', id);
      store.sessions.set(id, { ...session, state });
    },
  };
}

/** A provider over memory, for tests of plug-ins and of the chain. */
export const memoryProvider = (store: MemoryStore, name = 'test', settings: Provider['settings'] = {}): Provider => ({
  apiVersion,
  brokerName: 'broker-1',
  providerName: name,
  settings,
  resourceStore: resourceStoreOf(store, name),
  globalStore: globalStoreOf(store),
  filterPluginStore: {
    enumerateProperties: async () => store.properties.get(name) ?? {},
    saveProperties: async (properties) => {
      store.properties.set(name, properties);
    },
    deleteProperties: async (one) => {
      const { [one ?? '']: _, ...others } = store.properties.get(name) ?? {};
      store.properties.set(name, one === undefined ? {} : others);
    },
  },
  services: {
    power: async (target, action) => {
      store.power.push(`${target} ${action}`);
    },
    powerState: async () => 'unknown',
  },
  log: (level, text) => {
    store.log.push(`${level} ${text}`);
  },
  error: (code, message) => new SbError(code, message),
});
