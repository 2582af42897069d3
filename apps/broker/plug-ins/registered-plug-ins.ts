import { hostname } from 'node:os';
import {
  brokerPlugInFolder,
  type ChainPlugIn,
  createProvider,
  loadPlugIns,
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
  /** Shows how they fare here, for the console. */
  report(brokerId: string, chain: Pick<ReloadableChain, 'statuses'>): Promise<void>;
}

/** How a registration is compared: forgetting failures is no reason to start plug-ins anew. */
const factsOf = ({ priority, enabled, collections, budgets, onFailure, allowExternal, settings }: PlugInRegistration) =>
  JSON.stringify([priority, enabled, collections, budgets, onFailure, allowExternal, settings]);

export function registeredPlugIns(
  { database, log }: Pick<BrokerServices, 'database' | 'log'>,
  more: readonly ChainPlugIn[] = [],
  /** What the broker does for plug-ins; without, it switches no machines for them. */
  services?: Services,
): RegisteredPlugIns {
  const registry = plugInRegistry(database);
  let known = new Map<string, { readonly facts: string; readonly resets: number }>();
  let told: ReadonlyMap<string, string> = new Map();
  const brokerName = hostname();
  return {
    async load() {
      const found: typeof known = new Map();
      const { plugIns, failures } = await loadPlugIns({
        folder: brokerPlugInFolder(),
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
      const failed = new Map(failures.map(({ folder, error }) => [folder, error]));
      // Not again each time that somebody changes another plug-in.
      for (const [folder, error] of failed)
        if (told.get(folder) !== error.message) log.error({ err: error, folder }, 'a plug-in cannot be used');
      told = new Map([...failed].map(([folder, { message }]) => [folder, message]));
      return [...plugIns, ...more];
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

    report: (brokerId, chain) => registry.report(brokerId, chain.statuses()),
  };
}
