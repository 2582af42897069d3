import type { TargetEndpoint } from '@atelier/domain/broker';
import type { ClientStatus, NotifySink } from '@atelier/plugin-kit/broker';
import type { MachineNow } from './machine-records.ts';
import { type StartTools, startMachine } from './start-machine.ts';

interface RunningStart {
  readonly done: Promise<readonly TargetEndpoint[]>;
  readonly stop: AbortController;
  readonly sinks: Set<NotifySink>;
  readonly leavers: Set<string>;
  last: readonly [ClientStatus, string] | null;
}

/** Who waits for it: the user's id, where progress is told, and the end of their patience. */
export interface Waiter {
  readonly userId: string;
  readonly sink: NotifySink;
  readonly signal: AbortSignal;
}

/** The starts of this process, one for each machine however many wait for it. */
export class StartBook {
  readonly #tools: StartTools;
  readonly #starts = new Map<string, RunningStart>();

  constructor(tools: StartTools) {
    this.#tools = tools;
  }

  /** Joins the start of a machine, or begins it. The start ends when the last who waits cancels. Rejects as `startMachine`, or with the waiter's reason. */
  async join(machine: MachineNow, waiter: Waiter): Promise<readonly TargetEndpoint[]> {
    const { signal, sink, userId } = waiter;
    for (let going = this.#starts.get(machine.id); going?.stop.signal.aborted; going = this.#starts.get(machine.id))
      // It is being stopped: what comes next must not meet it half-way.
      await untilAborted(going.done.then(noop, noop), signal);
    signal.throwIfAborted();
    const start = this.#starts.get(machine.id) ?? this.#begin(machine);
    start.sinks.add(sink);
    start.leavers.delete(userId);
    if (start.last) sink.report(...start.last);
    try {
      return await untilAborted(start.done, signal);
    } finally {
      start.sinks.delete(sink);
      // A waiter whose time is over did not cancel: the start has a time of its own.
      if (signal.aborted && (signal.reason as Error | undefined)?.name !== 'TimeoutError') {
        start.leavers.add(userId);
        if (start.sinks.size === 0) start.stop.abort(new Error('nobody waits for the machine any more'));
      }
    }
  }

  /** Gives up all starts: another broker goes on with them, or nobody. */
  async stop(): Promise<void> {
    const all = [...this.#starts.values()];
    for (const one of all) one.stop.abort(new Error('the broker stops'));
    await Promise.allSettled(all.map((one) => one.done));
  }

  #begin(machine: MachineNow): RunningStart {
    const stop = new AbortController();
    const sinks = new Set<NotifySink>();
    const leavers = new Set<string>();
    const report = (status: ClientStatus, text: string): void => {
      start.last = [status, text];
      for (const one of sinks) one.report(status, text);
    };
    const done = Promise.resolve().then(() =>
      startMachine(this.#tools, { machine, signal: stop.signal, report, leavers }),
    );
    const start: RunningStart = { done, stop, sinks, leavers, last: null };
    this.#starts.set(machine.id, start);
    const forget = (): void => {
      if (this.#starts.get(machine.id) === start) this.#starts.delete(machine.id);
    };
    done.then(forget, forget);
    return start;
  }
}

const noop = (): void => undefined;

function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const give = (): void => reject(signal.reason);
    if (signal.aborted) give();
    signal.addEventListener('abort', give, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', give));
  });
}
