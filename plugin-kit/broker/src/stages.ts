import type { LoadBalanceResult, Target, TargetEndpoint } from '@atelier/domain/broker';
import type { ClientConnection } from './client-connection.ts';
import type { Environment } from './environment.ts';
import type { Decision, Next } from './next.ts';
import type { NotifySink } from './notify-sink.ts';

/** A candidate that shall not be considered, and why, in a few words for the decision trace. */
export interface RemovedTarget {
  readonly targetName: string;
  readonly reason: string;
}

/**
 * Takes candidates away before load balancing; every filter is asked, the one of highest priority first, and sees what is left. It is called several
 * times for a large collection, with at most 500 candidates each time: look at each of them alone.
 */
export interface Filter {
  filterTargets(
    connection: ClientConnection,
    candidates: readonly Target[],
    sink: NotifySink,
  ): Decision<readonly RemovedTarget[]>;
}

/** Chooses the target (ITsSbLoadBalancing). `isNewConnection` false means the user's session there is used again. */
export interface LoadBalancing {
  getMostSuitableTarget(
    connection: ClientConnection,
    sink: NotifySink,
    next: Next<LoadBalanceResult>,
  ): Decision<LoadBalanceResult>;
}

/** Says where a target that is not placed yet shall run (ITsSbPlacement). Called when load balancing is over. */
export interface Placement {
  queryEnvironmentForTarget(
    connection: ClientConnection,
    target: Target,
    sink: NotifySink,
    next: Next<Environment>,
  ): Decision<Environment>;
}

/** A target that can be connected to now (the target of OnReadyToConnect). */
export interface PreparedTarget {
  readonly targetName: string;
  /** At least one; tried in this order. */
  readonly endpoints: readonly TargetEndpoint[];
}

/** Makes the target ready: starts it, wakes it, finds its address (ITsSbOrchestration). Called when placement is over. */
export interface Orchestration {
  prepareTargetForConnect(
    connection: ClientConnection,
    target: Target,
    sink: NotifySink,
    next: Next<PreparedTarget>,
  ): Decision<PreparedTarget>;
}
