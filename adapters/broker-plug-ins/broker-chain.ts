import type { LoadBalanceResult, Target } from '@atelier/domain/broker';
import type {
  BrokerPlugin,
  Environment,
  PreparedTarget,
  RemovedTarget,
  ResourceNotification,
  Stage,
} from '@atelier/plugin-kit/broker';
import type { Decision } from './decision.ts';
import type { PlugInStatus } from './plug-in-status.ts';
import type { WorkingPlugIn, WorkKind } from './working-plug-in.ts';

/** The broker's own steps, the last of the chain. */
export type BuiltIn = Required<
  Pick<BrokerPlugin, 'name' | 'getMostSuitableTarget' | 'queryEnvironmentForTarget' | 'prepareTargetForConnect'>
>;

/**
 * All plug-ins by priority, the broker's own steps last. Every call resolves with what was decided, or rejects with an `SbError` whose code the client is
 * shown: `cancelled` when the decision's signal aborts, `no-target` when nobody found one. What each step said is in the decision's trace.
 */
export interface BrokerChain {
  /**
   * Waits for plug-ins without which connections must fail, and which are not there yet: at most their time for load balancing. Rejects with an `SbError`
   * when one is still not there.
   */
  awaitRequired(decision: Decision): Promise<void>;
  /** Whether a plug-in takes part in the stage: when none filters, candidates need not be listed. */
  takesPart(stage: Stage, collection: string): boolean;
  /** Has the filters look at pages of at most 500 candidates, but not at `except`. Gives what they removed together. */
  filterTargets(
    decision: Decision,
    pages: readonly (readonly Target[])[],
    except?: string,
  ): Promise<readonly RemovedTarget[]>;
  getMostSuitableTarget(decision: Decision): Promise<LoadBalanceResult>;
  queryEnvironmentForTarget(decision: Decision, target: Target): Promise<Environment>;
  prepareTargetForConnect(decision: Decision, target: Target): Promise<PreparedTarget>;
  /** The plug-ins that are ready for such work, by priority. */
  working<Kind extends WorkKind>(kind: Kind): readonly WorkingPlugIn<Kind>[];
  /** Tells the plug-ins that want to know. Never waits and never throws. */
  readonly notify: Required<ResourceNotification>;
  /** Whether a plug-in wants to know: when none does, nothing need be looked up. */
  isTold(what: keyof ResourceNotification): boolean;
  /** How each plug-in does, by priority; for the console. */
  statuses(): readonly PlugInStatus[];
  /** Ends the suspension of a plug-in, and starts its thread or process anew; false when there is none of this name. */
  reset(name: string): boolean;
  /** Ends all plug-ins. */
  stop(): Promise<void>;
}
