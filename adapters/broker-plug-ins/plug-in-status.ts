import type { Stage } from '@atelier/plugin-kit/broker';

/** How a plug-in does, for the console. */
export interface PlugInStatus {
  readonly name: string;
  readonly provider: string;
  readonly priority: number;
  /** Names of the collections that it is asked for; null for all. */
  readonly collections: readonly string[] | null;
  readonly stages: readonly Stage[];
  /** What it takes part in: its stages, `provisioning`, `task`, `notification`. Empty until it was ready. */
  readonly offers: readonly string[];
  /** Where it runs. `in-process` are only those that come with the broker. */
  readonly runs: 'in-process' | 'worker' | 'child';
  /**
   * `starting`, `ready`; `suspended`: it failed too often, and is asked again at `suspendedUntil` (null: after a reset only); `restarting`: its thread or
   * process ended and is started again after a pause; `failed`: it could not be loaded or did not initialise.
   */
  readonly state: 'starting' | 'ready' | 'suspended' | 'restarting' | 'failed' | 'stopped';
  readonly suspendedUntil: Date | null;
  readonly failuresInRow: number;
  /** Since the broker started. */
  readonly calls: number;
  readonly failures: number;
  readonly timeOuts: number;
  readonly restarts: number;
  readonly lastError: { readonly at: Date; readonly message: string } | null;
}
