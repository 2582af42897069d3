import { parentPort } from 'node:worker_threads';

/** What a task gives back, with the buffers that are moved instead of copied. */
export type TaskResult = { readonly value: unknown; readonly transfer?: readonly ArrayBuffer[] };

/** The worker's side of a ThreadPool: answers every message with what `work` makes of it, one at a time. */
export function serveTasks<T>(work: (task: T) => TaskResult | Promise<TaskResult>): void {
  const port = parentPort;
  if (!port) throw new Error('tasks are served in a worker thread only');
  port.on('message', async (task: T) => {
    try {
      const { value, transfer } = await work(task);
      port.postMessage({ done: value }, (transfer ?? []) as ArrayBuffer[]);
    } catch (error) {
      const { code, message } = error as { readonly code?: unknown; readonly message: string };
      port.postMessage({ failed: { code: String(code ?? ''), message } });
    }
  });
}
