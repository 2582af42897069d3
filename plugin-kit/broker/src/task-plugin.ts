/** RDV_TASK_STATUS of sessdirpublictypes.idl. */
export const taskStatusNumbers = {
  unknown: 0,
  searching: 1,
  downloading: 2,
  applying: 3,
  rebooting: 4,
  rebooted: 5,
  success: 6,
  failed: 7,
  timeout: 8,
} as const;
export type TaskStatus = keyof typeof taskStatusNumbers;

/** Maintenance of one target, such as patching a pooled machine (ITsSbTaskInfo). */
export interface TaskInfo {
  readonly targetName: string;
  readonly identifier: string;
  readonly label: string;
  readonly startTime: Date;
  readonly endTime: Date;
  readonly deadline: Date;
  /** What the plug-in wrote for itself. */
  readonly context: string;
  readonly plugin: string;
  readonly status: TaskStatus;
}

/** Where a task plug-in plans its tasks (ITsSbTaskPluginNotifySink). */
export interface TaskPluginNotifySink {
  onSetTaskTime(task: TaskInfo): void;
  onDeleteTaskTime(targetName: string, identifier: string): void;
  onUpdateTaskStatus(targetName: string, identifier: string, status: TaskStatus): void;
  /** All tasks of a host have been told. */
  onReportTasks(hostName: string): void;
}

/** Plans and does the maintenance of targets (ITsSbTaskPlugin). */
export interface TaskPlugin {
  initializeTaskPlugin(sink: TaskPluginNotifySink): Promise<void> | void;
  /** The tasks that are due on a host, in their order. */
  setTaskQueue(hostName: string, tasks: readonly TaskInfo[]): Promise<void> | void;
}
