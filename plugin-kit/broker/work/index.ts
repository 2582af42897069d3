export type { AtWork } from './at-work.ts';
export type { MachineHolds } from './machine-holds.ts';
export type { MachineJob } from './machine-job.ts';
export { type JobOutcome, type JobTools, runMachineJob } from './run-machine-job.ts';
export type { PlannedTask, TaskRecords } from './task-records.ts';
export { type TaskRoom, taskRoom } from './task-room.ts';
