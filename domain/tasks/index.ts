export { type TaskState, taskStateSchema } from './task-state.ts';
