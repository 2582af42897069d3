import type { BrokerTaskState, BrokerTaskStatus } from '@atelier/domain/broker';
import type { TaskInfo } from '../src/task-plugin.ts';

/** A task of a plug-in, with the host that it is done on: its target's environment, or the target itself. */
export interface PlannedTask extends TaskInfo {
  readonly id: string;
  readonly hostName: string;
  readonly cancelRequested: boolean;
}

/** Where what a plug-in says of its tasks is written. */
export interface TaskRecords {
  /** Plans a task of the plug-in's own making, or plans it anew unless it runs; false when there is no such target. */
  plan(task: TaskInfo): Promise<boolean>;
  /** Takes a task that is not begun off the plan. */
  drop(targetName: string, identifier: string): Promise<void>;
  /** What the plug-in says of a task that runs under this fence. */
  update(id: string, fence: number, state: BrokerTaskState, status: BrokerTaskStatus, detail: string): Promise<void>;
}
