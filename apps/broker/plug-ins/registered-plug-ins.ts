import { hostname } from 'node:os';
import {
  brokerPlugInFolder,
  type ChainPlugIn,
  createProvider,
  loadPlugIns,
  type PlugInProblem,
  type ReloadableChain,
} from '@atelier/adapters/broker-plug-ins';
import { type PlugInRegistration, plugInRegistry, plugInStores } from '@atelier/adapters/session-directory';
import type { Services } from '@atelier/plugin-kit/broker';
import type { BrokerServices } from '../compose/broker-services.ts';

/** The plug-ins that lie in the folder of this machine, as the registry in the database says that they take part. */
export interface RegisteredPlugIns {
  /** For the chain: starts those that are enabled. */
  readonly load: () => Promise<readonly ChainPlugIn[]>;
  /** Does what somebody changed about a plug-in, or about any (null): its registration, or that its failures be forgotten. */
  changed(name: string | null, chain: Pick<ReloadableChain, 'reload' | 'reset'>): Promise<void>;
  /** Folders that cannot be used, as they were read last. */
  problems(): readonly PlugInProblem[];
  /** Shows how they fare here, for the console. */
  report(brokerId: string, chain: Pick<ReloadableChain, 'statuses'>): Promise<void>;
}

/** How a registration is compared: forgetting failures is no reason to start plug-ins anew. */
const factsOf = ({ priority, enabled, collections, budgets, onFailure, allowExternal, settings }: PlugInRegistration) =>
  JSON.stringify([priority, enabled, collections, budgets, onFailure, allowExternal, settings]);

/** Milliseconds that the first sign-ins wait for plug-ins that start, and that plug-ins which run are kept for those that replace them. */
const patienceMs = { first: 1000, again: 3000 };

/** Stands for a plug-in that cannot be loaded and without which connections must fail. */
const missing = ({ plugIn, source, error }: PlugInProblem, registration: PlugInRegistration): ChainPlugIn => {
  const at = new Date();
  const status = () => ({
    state: 'failed' as const,
    restarts: 0,
    run: source,
    lastError: { at, message: error.message },
  });
  const { provider, priority, collections, onFailure, allowExternal } = registration;
  return {
    plugin: { name: plugIn ?? registration.name },
    ...{ provider, priority, collections, onFailure, allowExternal },
    budgets: {},
    runs: 'worker',
    isolation: { status, stop: async () => {}, reset: () => {}, checkAlive: async () => {} },
  };
};

export function registeredPlugIns(
  { database, log }: Pick<BrokerServices, 'database' | 'log'>,
  more: readonly ChainPlugIn[] = [],
  /** What the broker does for plug-ins; without, it switches no machines for them. */
  services?: Services,
): RegisteredPlugIns {
  const registry = plugInRegistry(database);
  let known = new Map<string, { readonly facts: string; readonly resets: number }>();
  let told: ReadonlyMap<string, string> = new Map();
  let problems: readonly PlugInProblem[] = [];
  let loads = 0;
  const brokerName = hostname();
  return {
    async load() {
      const found: typeof known = new Map();
      loads += 1;
      const loaded = await loadPlugIns({
        folder: brokerPlugInFolder(),
        patienceMs: loads === 1 ? patienceMs.first : patienceMs.again,
        providerFor: (registration) =>
          createProvider({
            registration,
            brokerName,
            ...plugInStores(database, registration),
            ...(services ? { services } : {}),
            log: (level, plugIn, text) =>
              log[level === 'warning' ? 'warn' : level]({ plugIn }, `a plug-in says: ${text}`),
          }),
        announce: async (registration) => {
          // Whoever could not be announced is tried again when something may have changed.
          found.set(registration.name, { facts: '', resets: 0 });
          const stored = await registry.announce(registration);
          found.set(stored.name, { facts: factsOf(stored), resets: stored.resets });
          return stored;
        },
      });
      known = found;
      problems = loaded.problems;
      const failed = new Map(problems.map(({ source, error }) => [source, error]));
      // Not again each time that somebody changes another plug-in.
      for (const { source, error, fix } of problems)
        if (told.get(source) !== error.message) log.error({ err: error, source, fix }, 'a plug-in cannot be used');
      told = new Map([...failed].map(([folder, { message }]) => [folder, message]));
      const required: ChainPlugIn[] = [];
      for (const one of problems) {
        const stored = await registry.ofSource(one.source);
        if (stored?.enabled && stored.onFailure === 'fail-connection' && !found.has(stored.name))
          required.push(missing(one, stored));
      }
      return [...loaded.plugIns, ...required, ...more];
    },

    async changed(name, chain) {
      let anew = false;
      // Those of other machines lie in no folder here.
      for (const one of name === null ? known.keys() : known.has(name) ? [name] : []) {
        const before = known.get(one)!;
        const stored = await registry.get(one);
        if (stored && stored.resets > before.resets) {
          known.set(one, { ...before, resets: stored.resets });
          chain.reset(one);
        }
        // What was removed from the registry is announced again, as its manifest says.
        anew ||= !stored || factsOf(stored) !== before.facts;
      }
      if (anew) await chain.reload();
    },

    report: async (brokerId, chain) => {
      await registry.report(brokerId, chain.statuses());
      await registry.reportProblems(
        brokerId,
        problems.map(({ source, plugIn, error, fix }) => ({ source, plugIn, problem: error.message, fix })),
      );
    },
    problems: () => problems,
  };
}
