import type { BrokerPlugin, ClientConnection, NotifySink, Stage } from '@atelier/plugin-kit/broker';
import type { LeftPage, PageRemovals } from './filter-through.ts';
import type { PlugInStatus } from './plug-in-status.ts';

/** A plug-in with what the administrator said of it; Win32_SessionDirectoryVMMPlugin was this record. */
export interface ChainPlugIn {
  readonly plugin: BrokerPlugin;
  readonly provider: string;
  /** Higher is asked first; equals by name. */
  readonly priority: number;
  /** Names of the collections that it is asked for; null for all. */
  readonly collections: readonly string[] | null;
  /** Milliseconds; what is left out is usual. */
  readonly budgets: Partial<Readonly<Record<Stage, number>>>;
  /** What its failure means for the connection. */
  readonly onFailure: 'continue' | 'fail-connection';
  /** It may send users to machines that are no targets of ours. */
  readonly allowExternal: boolean;
  readonly runs: PlugInStatus['runs'];
  /** What its thread or process says of itself; null for those in process. */
  readonly isolation: Isolation | null;
}

/** The thread or process of a plug-in. */
export interface Isolation {
  status(): IsolationStatus;
  stop(): Promise<void>;
  reset(): void;
  /** Ends it, so that it is started again, when it does not answer. */
  checkAlive(): Promise<void>;
  /** Asks its filter about pages that it keeps; undefined when it keeps none, and is to be asked by `filterTargets`. */
  filterPages?(
    connection: ClientConnection,
    pages: readonly LeftPage[],
    sink: NotifySink,
  ): Promise<readonly PageRemovals[] | null> | undefined;
}

/** How the thread or process of a plug-in does. */
export interface IsolationStatus {
  readonly state: 'starting' | 'ready' | 'restarting' | 'failed' | 'stopped';
  readonly restarts: number;
  /** Names this start of it, of all that there were. */
  readonly run: string;
  readonly lastError: PlugInStatus['lastError'];
}

/** Milliseconds that a plug-in has for its own work in a stage, unless its manifest says otherwise. */
export const usualBudgets: Readonly<Record<Stage, number>> = {
  filter: 1000,
  'load-balancing': 1000,
  placement: 1000,
  orchestration: 120_000,
};
