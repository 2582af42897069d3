import { Worker } from 'node:worker_threads';
import { boundedOutput, type StartTransport } from './transport.ts';

export interface WorkerOptions {
  /** Absolute path of the plug-in's module. */
  readonly module: string;
  readonly name: string;
  /** Megabytes of JavaScript values, and as much of buffers. */
  readonly memoryLimit: number;
}

/** How often the size of buffers is looked at, in milliseconds. */
const lookEveryMs = 500;

/** Runs a plug-in's module in a thread of its own: without our environment and arguments, with a bounded heap, its output kept apart. */
export const workerTransport =
  ({ module, name, memoryLimit }: WorkerOptions): StartTransport =>
  (events) => {
    const worker = new Worker(new URL('./worker-entry.ts', import.meta.url), {
      name: `plug-in ${name}`,
      workerData: { module, name },
      env: {},
      argv: [],
      execArgv: [],
      stdin: false,
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: memoryLimit, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
    });
    let ended = false;
    const end = (why: string): void => {
      if (ended) return;
      ended = true;
      clearInterval(looking);
      events.end(why);
    };
    // Buffers lie beside the heap, where resourceLimits does not look. This is answered by a thread in a loop, too.
    const looking = setInterval(() => {
      worker.getHeapStatistics().then(
        ({ external_memory }) => {
          if (ended || external_memory <= memoryLimit * 1024 * 1024) return;
          end(`it has more than ${memoryLimit} MB of memory in buffers`);
          void worker.terminate();
        },
        () => undefined,
      );
    }, lookEveryMs).unref();
    const output = boundedOutput(events.output);
    for (const stream of [worker.stdout, worker.stderr]) stream.setEncoding('utf8').on('data', output);
    worker.on('message', (message) => {
      if (!ended) events.message(message);
    });
    worker.on('messageerror', (error) => end(`it sent what cannot be read: ${error.message}`));
    worker.on('error', (error) => end((error as Error)?.message ?? String(error)));
    worker.on('exit', (code) => end(`its thread ended with ${code}`));
    return {
      send: (message) => worker.postMessage(message),
      kill: async () => {
        end('its thread was ended');
        await worker.terminate();
      },
    };
  };
