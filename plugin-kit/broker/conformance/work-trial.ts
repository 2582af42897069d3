import type { BrokerPlugin } from '../src/broker-plugin.ts';
import type { Provider } from '../src/provider.ts';
import type { ProvisioningJob } from '../src/provisioning.ts';
import { loseLocks } from './memory-locks.ts';
import { createMemoryStore, type MemoryStore, memoryProvider } from './memory-provider.ts';
import { mortalProvider } from './mortal-provider.ts';
import { sampleTarget } from './sample-target.ts';

/** Starts the plug-in anew, initialised with this provider. `kill` ends it at once, as kill -9 does; one in the same thread has nothing to end. */
export type StartPlugIn = (
  provider: Provider,
) => Promise<{ readonly plugin: BrokerPlugin; readonly kill?: () => Promise<void> | void }>;

export interface WorkConformanceOptions {
  /** Names of machines that the plug-in can make; at least two. `check-1` to `check-3` unless they are given. */
  readonly machines?: readonly string[];
  /** What they are made of; null unless it is given. */
  readonly image?: ProvisioningJob['image'];
  /** The collection that they are of; `office` unless it is given. */
  readonly collection?: string;
  /** The name under which the plug-in owns targets; `test` unless it is given. */
  readonly provider?: string;
  readonly settings?: Provider['settings'];
  /** Milliseconds that a job or a task may take here, and may go on after it was cancelled; 10,000 unless told. */
  readonly patience?: number;
  /** After how many writes of each job and task it is killed in turn; 12 at most unless told. */
  readonly kills?: number;
  /** Gets what the plug-in logs. */
  readonly log?: Provider['log'];
}

/** The options with their usual values. */
export type WorkTrialOptions = Required<WorkConformanceOptions>;

export const trialOptions = (options: WorkConformanceOptions): WorkTrialOptions => ({
  machines: ['check-1', 'check-2', 'check-3'],
  image: null,
  collection: 'office',
  provider: 'test',
  settings: {},
  patience: 10_000,
  kills: 12,
  log: () => undefined,
  ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
});

/** A start of the plug-in over a store of its own. */
export interface Trial {
  readonly store: MemoryStore;
  readonly plugin: BrokerPlugin;
  /** Resolves when it was killed by a write. */
  readonly died: Promise<void>;
  readonly written: () => number;
  /** Ends it, and frees what it held. */
  kill(): Promise<void>;
}

/** Starts the plug-in. @param lives what it writes before it is killed */
export async function beginTrial(
  start: StartPlugIn,
  { provider, settings, collection, log }: WorkTrialOptions,
  store = createMemoryStore(),
  lives = Number.POSITIVE_INFINITY,
): Promise<Trial> {
  store.collections.add(collection);
  const mortal = mortalProvider({ ...memoryProvider(store, provider, settings), log }, lives);
  const { plugin, kill } = await start(mortal.provider);
  return {
    store,
    plugin,
    died: mortal.died,
    written: () => mortal.written,
    kill: async () => {
      mortal.end();
      await kill?.();
      loseLocks(store.locks);
    },
  };
}

/** A target of the plug-in's own, as it would be there from before: what is refused at once answers for it. */
export const ownTarget = (name: string, { provider, collection }: WorkTrialOptions) =>
  sampleTarget(name, {
    kind: 'virtual-machine',
    provider,
    collection,
    endpoints: [{ address: '127.0.0.1', port: 1 }],
  });
