export { buffersUsed, collectAll } from './collect-buffers.ts';
export { freeBuffer } from './free-buffer.ts';
export { serveTasks, type TaskResult } from './serve-tasks.ts';
export { type FailureText, ThreadPool } from './thread-pool.ts';
