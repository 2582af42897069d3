import type { BrokerTaskStatus } from '@atelier/domain/broker';

export type TaskStatus = BrokerTaskStatus;

/** Maintenance of one target, such as patching a pooled machine (ITsSbTaskInfo). */
export interface TaskInfo {
  readonly targetName: string;
  /** The plug-in's own name for it; unique for each of its targets. At most 200 characters. */
  readonly identifier: string;
  /** What it is for, in a few words for people. */
  readonly label: string;
  /** The earliest and the latest time to begin it. */
  readonly startTime: Date;
  readonly endTime: Date;
  /** When it must have been begun: of tasks that are due, the one with the earliest deadline comes first. */
  readonly deadline: Date;
  /** What the plug-in, or whoever planned it, wrote for itself. At most 64 KiB. */
  readonly context: string;
  readonly plugin: string;
  readonly status: TaskStatus;
}

/** Where a task plug-in plans its tasks (ITsSbTaskPluginNotifySink). */
export interface TaskPluginNotifySink {
  /** Plans a task, or plans it anew unless it runs. It is kept in the directory, for all brokers. */
  onSetTaskTime(task: TaskInfo): void;
  /** Takes a task that is not begun off the plan. */
  onDeleteTaskTime(targetName: string, identifier: string): void;
  /** `success`, `failed` and `timeout` end it; the others say how far it is. `detail`: a line for people, at most 2,000 characters (since 1.1). */
  onUpdateTaskStatus(targetName: string, identifier: string, status: TaskStatus, detail?: string): void;
  /** There are new tasks of a host: what is due of them is begun at once, and not at the next look. */
  onReportTasks(hostName: string): void;
}

/**
 * Plans and does the maintenance of targets (ITsSbTaskPlugin). One broker at a time, which holds the lease of the plug-in's tasks, calls these methods; when
 * it or the plug-in ends, what ran is shown as interrupted, and people may start it again.
 */
export interface TaskPlugin {
  /** Called when this broker begins to look after the plug-in's tasks, at most 10 seconds. It may plan tasks at once. */
  initializeTaskPlugin(sink: TaskPluginNotifySink): Promise<void> | void;
  /**
   * The tasks of a host (a target's environment, or itself) that are to be done now, in their order: called when one is added, and when one was cancelled.
   * Begin those that are new, end those that are gone, and go on with the others. A task whose end was just told may be in it once more, since the two
   * crossed: do it again only when its `startTime` is another one, as it is each time that it is started. It resolves when it has taken them in, at most 10 seconds; what
   * becomes of each is told by `onUpdateTaskStatus`.
   */
  setTaskQueue(hostName: string, tasks: readonly TaskInfo[]): Promise<void> | void;
}
