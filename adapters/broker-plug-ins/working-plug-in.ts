import type { Provisioning, TaskPlugin } from '@atelier/plugin-kit/broker';

/** What a plug-in may do besides deciding. */
export type WorkKind = 'provisioning' | 'task';

/** The methods that a plug-in must have for it, all of them. */
export const workMethods = {
  provisioning: ['createVirtualMachines', 'patchVirtualMachines', 'deleteVirtualMachines', 'cancelJob'],
  task: ['initializeTaskPlugin', 'setTaskQueue'],
} as const satisfies Readonly<Record<WorkKind, readonly (keyof (Provisioning & TaskPlugin))[]>>;

/** A plug-in that is ready to work. */
export interface WorkingPlugIn<Kind extends WorkKind = WorkKind> {
  readonly name: string;
  /** The name under which it owns targets. */
  readonly provider: string;
  /** Names of the collections that it is for; null for all. */
  readonly collections: readonly string[] | null;
  readonly methods: Kind extends 'provisioning' ? Provisioning : TaskPlugin;
  /** Another one each time that the plug-in was started anew: what it worked on before is over. */
  readonly run: string;
  /** Whether that start of it is over. */
  isOver(): boolean;
  /** Keeps it from being ended by a reload; call what it gives when the work is over. */
  hold(): () => void;
  /** Ends its thread or process if it is in a loop. */
  checkAlive(): void;
  /** Ends its thread or process, and starts it anew. */
  reset(): void;
}
