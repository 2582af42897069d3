import { type BrokerPlugin, type Stage, stageMethods, stages } from '@atelier/plugin-kit/broker';
import { type ChainPlugIn, usualBudgets } from './chain-plug-in.ts';
import { type BreakerLimits, CircuitBreaker } from './circuit-breaker.ts';
import type { PlugInStatus } from './plug-in-status.ts';
import { type WorkingPlugIn, type WorkKind, workMethods } from './working-plug-in.ts';

/** The stages that a plug-in has methods for. */
export const stagesOf = (plugin: BrokerPlugin): readonly Stage[] =>
  stages.filter((stage) => typeof plugin[stageMethods[stage]] === 'function');

const notifications = [
  'notifySessionChange',
  'notifyTargetChange',
  'notifyClientConnectionStateChange',
] as const satisfies readonly (keyof BrokerPlugin)[];

const has = (plugin: BrokerPlugin, method: keyof BrokerPlugin): boolean => typeof plugin[method] === 'function';
const works = (plugin: BrokerPlugin, kind: WorkKind): boolean => workMethods[kind].every((one) => has(plugin, one));

/** All that a plug-in takes part in. */
export const offersOf = (plugin: BrokerPlugin): readonly string[] => [
  ...stagesOf(plugin),
  ...(['provisioning', 'task'] as const).filter((kind) => works(plugin, kind)),
  ...(notifications.some((one) => has(plugin, one)) ? ['notification'] : []),
];

/** A plug-in of a chain with its breaker and its figures. */
export class ChainEntry {
  readonly plugIn: ChainPlugIn;
  readonly breaker: CircuitBreaker;
  calls = 0;
  #failures = 0;
  #timeOuts = 0;
  #stopped = false;

  constructor(plugIn: ChainPlugIn, limits?: BreakerLimits, now?: () => number) {
    this.plugIn = plugIn;
    this.breaker = new CircuitBreaker(limits, now);
  }

  budget(stage: Stage): number {
    return this.plugIn.budgets[stage] ?? usualBudgets[stage];
  }

  takesPart(stage: Stage, collection: string): boolean {
    const { plugin, collections } = this.plugIn;
    return (
      (collections === null || collections.includes(collection)) && typeof plugin[stageMethods[stage]] === 'function'
    );
  }

  /** Whether nobody knows yet what it takes part in, since it was never ready; for one without which connections must fail. */
  isMissing(collection: string): boolean {
    const { plugin, collections, onFailure, isolation } = this.plugIn;
    return (
      onFailure === 'fail-connection' &&
      isolation !== null &&
      isolation.status().state !== 'ready' &&
      offersOf(plugin).length === 0 &&
      (collections === null || collections.includes(collection))
    );
  }

  /** The plug-in as one that works; null unless it is ready to. */
  working<Kind extends WorkKind>(kind: Kind): WorkingPlugIn<Kind> | null {
    const { plugin, provider, collections, isolation } = this.plugIn;
    const status = isolation?.status() ?? null;
    if (this.#stopped || (status !== null && status.state !== 'ready') || !works(plugin, kind)) return null;
    return {
      name: plugin.name,
      provider,
      collections,
      methods: plugin as WorkingPlugIn<Kind>['methods'],
      run: status?.run ?? 'in-process',
      isOver: () => {
        const now = isolation?.status() ?? null;
        return this.#stopped || (now !== null && (now.run !== status?.run || now.state !== 'ready'));
      },
      hold: () => () => undefined,
      checkAlive: () => void isolation?.checkAlive(),
      reset: () => isolation?.reset(),
    };
  }

  failed(outcome: 'failed' | 'timed-out', message: string): void {
    if (outcome === 'timed-out') this.#timeOuts += 1;
    this.#failures += 1;
    this.breaker.failed(message);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    const { isolation, plugin } = this.plugIn;
    if (isolation) await isolation.stop();
    else await plugin.terminate?.();
  }

  status(): PlugInStatus {
    const { plugIn, breaker } = this;
    const isolation = plugIn.isolation?.status() ?? null;
    const { suspendedUntil } = breaker;
    const lasts = [breaker.lastError, isolation?.lastError ?? null].filter((one) => one !== null);
    const running = this.#stopped ? 'stopped' : (isolation?.state ?? 'ready');
    return {
      name: plugIn.plugin.name,
      provider: plugIn.provider,
      priority: plugIn.priority,
      collections: plugIn.collections,
      stages: stagesOf(plugIn.plugin),
      offers: offersOf(plugIn.plugin),
      runs: plugIn.runs,
      state: suspendedUntil !== null && running !== 'stopped' && running !== 'failed' ? 'suspended' : running,
      suspendedUntil,
      failuresInRow: breaker.failuresInRow,
      calls: this.calls,
      failures: this.#failures,
      timeOuts: this.#timeOuts,
      restarts: isolation?.restarts ?? 0,
      lastError: lasts.toSorted((a, b) => b.at.getTime() - a.at.getTime())[0] ?? null,
    };
  }
}
