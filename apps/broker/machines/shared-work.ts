interface Running<Result> {
  readonly done: Promise<Result>;
  readonly stop: AbortController;
  waiting: number;
}

/** Work that is done once for all who want it at the same time, and ended when the last of them gave up. */
export class SharedWork<Result> {
  readonly #running = new Map<string, Running<Result>>();

  /** Joins the work of this name, or begins it. Rejects as the work does, or with the reason of `signal`. */
  async join(name: string, signal: AbortSignal, begin: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    signal.throwIfAborted();
    const one = this.#running.get(name) ?? this.#begin(name, begin);
    one.waiting += 1;
    try {
      return await untilAborted(one.done, signal);
    } finally {
      one.waiting -= 1;
      if (one.waiting === 0 && signal.aborted) {
        one.stop.abort(signal.reason);
        // Whoever comes next begins anew, once this has ended.
        await one.done.catch(() => undefined);
      }
    }
  }

  #begin(name: string, begin: (signal: AbortSignal) => Promise<Result>): Running<Result> {
    const stop = new AbortController();
    const done = begin(stop.signal).finally(() => this.#running.delete(name));
    const one = { done, stop, waiting: 0 };
    this.#running.set(name, one);
    return one;
  }
}

function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const give = (): void => reject(signal.reason);
    signal.addEventListener('abort', give, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', give));
  });
}
