/** Time of one step, which stands still while the plug-ins below are asked. Its signal aborts when the time is over or the client goes away. */
export class StepBudget {
  readonly #parent: AbortSignal;
  readonly #controller = new AbortController();
  readonly #begun = performance.now();
  readonly #cancel = (): void => this.#controller.abort(this.#parent.reason);
  #left: number;
  #since = 0;
  #pausedSince = 0;
  #pausedMs = 0;
  #timer: NodeJS.Timeout | null = null;
  #spent = false;

  constructor(milliseconds: number, parent: AbortSignal) {
    this.#left = milliseconds;
    this.#parent = parent;
    if (parent.aborted) this.#cancel();
    else {
      parent.addEventListener('abort', this.#cancel, { once: true });
      this.resume();
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether the step's own time is over. */
  get spent(): boolean {
    return this.#spent;
  }

  /** Milliseconds since it began, without the pauses. */
  get ownMs(): number {
    const running = this.#pausedSince === 0 ? 0 : performance.now() - this.#pausedSince;
    return performance.now() - this.#begun - this.#pausedMs - running;
  }

  pause(): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#pausedSince = performance.now();
    this.#left -= this.#pausedSince - this.#since;
  }

  resume(): void {
    if (this.#timer !== null || this.#controller.signal.aborted) return;
    this.#since = performance.now();
    if (this.#pausedSince !== 0) this.#pausedMs += this.#since - this.#pausedSince;
    this.#pausedSince = 0;
    this.#timer = setTimeout(
      () => {
        this.#spent = true;
        this.#controller.abort(new Error('the time of the step is over'));
      },
      Math.max(0, this.#left),
    );
  }

  /** Ends it; a plug-in that still works learns that nobody waits any more. */
  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#parent.removeEventListener('abort', this.#cancel);
    this.#controller.abort(new Error('the step is over'));
  }
}
