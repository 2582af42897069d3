import { Worker } from 'node:worker_threads';

/** What a worker posts when a task failed; the pool gives it to `revive`, so that errors keep their type. */
export type FailureText = { readonly code: string; readonly message: string };

/** Threads of a pool work on buffers: more room for young objects than this (some 48 MB unless told) lets a thread grow by 20 MB and brings nothing. */
const maxYoungGenerationSizeMb = 3;

type Task = {
  readonly message: unknown;
  readonly transfer: readonly ArrayBuffer[];
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
};

/**
 * A few threads of one script that work off tasks. The script answers each message with `{ done }` or `{ failed }`, one at
 * a time. Tasks queue without a bound here: whoever feeds the pool looks at `waiting`, or awaits what it has given.
 */
export class ThreadPool {
  readonly #idle: Worker[] = [];
  readonly #all: Worker[] = [];
  readonly #queue: Task[] = [];
  readonly #running = new Map<Worker, Task>();
  readonly #revive: (failure: FailureText) => Error;
  #closed: Error | undefined;

  constructor(script: URL, threads: number, data: unknown, revive: (failure: FailureText) => Error) {
    this.#revive = revive;
    for (let i = 0; i < threads; i++) {
      const worker = new Worker(script, {
        workerData: data,
        execArgv: [],
        resourceLimits: { maxYoungGenerationSizeMb },
      });
      worker.on('message', (answer: { done?: unknown; failed?: FailureText }) => this.#answered(worker, answer));
      worker.on('error', (cause) => this.#die(new Error('a worker thread failed', { cause })));
      worker.unref();
      this.#all.push(worker);
      this.#idle.push(worker);
    }
  }

  get threads(): number {
    return this.#all.length;
  }

  /** Tasks that no thread has begun yet. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Runs one task; `urgent` ones go before all that wait. `transfer` moves buffers instead of copying them. */
  run<T>(message: unknown, transfer: readonly ArrayBuffer[] = [], urgent = false): Promise<T> {
    if (this.#closed) return Promise.reject(this.#closed);
    return new Promise<T>((resolve, reject) => {
      const task: Task = { message, transfer, resolve, reject };
      if (urgent) this.#queue.unshift(task);
      else this.#queue.push(task);
      this.#next();
    });
  }

  /** Ends all threads; tasks that are not done are rejected. */
  async close(): Promise<void> {
    this.#die(new Error('the thread pool was closed'));
    await Promise.all(this.#all.map((worker) => worker.terminate()));
  }

  #next(): void {
    while (this.#idle.length > 0 && this.#queue.length > 0) {
      const worker = this.#idle.pop() as Worker;
      const task = this.#queue.shift() as Task;
      this.#running.set(worker, task);
      worker.ref();
      worker.postMessage(task.message, task.transfer as ArrayBuffer[]);
    }
  }

  #answered(worker: Worker, answer: { done?: unknown; failed?: FailureText }): void {
    const task = this.#running.get(worker);
    this.#running.delete(worker);
    worker.unref();
    this.#idle.push(worker);
    if (answer.failed) task?.reject(this.#revive(answer.failed));
    else task?.resolve(answer.done as never);
    this.#next();
  }

  #die(error: Error): void {
    this.#closed ??= error;
    for (const task of [...this.#running.values(), ...this.#queue.splice(0)]) task.reject(this.#closed);
    this.#running.clear();
  }
}
