import type { Stage } from '../src/broker-plugin.ts';

/** Something about a plug-in that is wrong (`error`) or will surprise its users (`warning`). */
export interface BrokerFinding {
  readonly severity: 'error' | 'warning';
  /** The stage that it is about, null for the plug-in as a whole. */
  readonly stage: Stage | 'provisioning' | 'task' | null;
  readonly message: string;
}
