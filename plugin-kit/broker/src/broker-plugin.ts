import type { Provider } from './provider.ts';
import type { Provisioning } from './provisioning.ts';
import type { ResourceNotification } from './resource-notification.ts';
import type { Filter, LoadBalancing, Orchestration, Placement } from './stages.ts';
import type { TaskPlugin } from './task-plugin.ts';

/**
 * A plug-in of the broker (ITsSbPlugin). It has the methods of those stages that it takes part in, and no others. Each may be called while earlier calls
 * still run, for many connections at the same time.
 */
export interface BrokerPlugin
  extends Partial<Filter & LoadBalancing & Placement & Orchestration & Provisioning & TaskPlugin>,
    ResourceNotification {
  /** What decision traces, the log and the console call it. */
  readonly name: string;
  /** Called once before everything else, at most 10 seconds. It may fill the store. A plug-in that rejects is not used. */
  initialize?(provider: Provider): Promise<void> | void;
  /** Called before the end, at most 5 seconds. */
  terminate?(): Promise<void> | void;
}

/** What the module of a plug-in exports under this name. `settings` are those of its manifest. */
export type CreatePlugin = (settings: Provider['settings']) => BrokerPlugin | Promise<BrokerPlugin>;

/** The stages that decide about a connection, in their order. */
export const stages = ['filter', 'load-balancing', 'placement', 'orchestration'] as const;
export type Stage = (typeof stages)[number];

/** PLUGIN_TYPE of sessdirpublictypes.idl; `filter` and `notification` are ours. */
export const pluginTypeNumbers = {
  policy: 0x1,
  resource: 0x2,
  'load-balancing': 0x4,
  placement: 0x8,
  orchestration: 0x10,
  provisioning: 0x20,
  task: 0x40,
} as const;

/** The method that makes a plug-in take part in a stage. */
export const stageMethods = {
  filter: 'filterTargets',
  'load-balancing': 'getMostSuitableTarget',
  placement: 'queryEnvironmentForTarget',
  orchestration: 'prepareTargetForConnect',
} as const satisfies Readonly<Record<Stage, keyof BrokerPlugin>>;
