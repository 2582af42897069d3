/** Failures in a row that suspend a plug-in, and milliseconds that it is suspended for. */
export interface BreakerLimits {
  readonly failures: number;
  readonly suspendMs: number;
}

export const usualBreakerLimits: BreakerLimits = { failures: 3, suspendMs: 60_000 };

/**
 * Keeps a plug-in that fails again and again from costing every connection its budget. After the suspension one call tries it; others go by until that
 * one is back.
 */
export class CircuitBreaker {
  readonly #limits: BreakerLimits;
  readonly #now: () => number;
  #inRow = 0;
  #suspendedUntil: number | null = null;
  #trial = false;
  #lastError: { readonly at: Date; readonly message: string } | null = null;

  /** `now`: milliseconds since 1970. */
  constructor(limits: BreakerLimits = usualBreakerLimits, now: () => number = Date.now) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Whether to call the plug-in now. Who gets true says `succeeded`, `failed` or `leftOpen` afterwards. */
  admits(): boolean {
    if (this.#suspendedUntil === null) return true;
    if (this.#trial || this.#now() < this.#suspendedUntil) return false;
    this.#trial = true;
    return true;
  }

  succeeded(): void {
    this.reset();
  }

  failed(message: string): void {
    this.#trial = false;
    this.#inRow += 1;
    this.#lastError = { at: new Date(this.#now()), message: message.slice(0, 500) };
    if (this.#inRow >= this.#limits.failures) this.#suspendedUntil = this.#now() + this.#limits.suspendMs;
  }

  /** The call said nothing about the plug-in, e.g. since the client went away. */
  leftOpen(): void {
    this.#trial = false;
  }

  reset(): void {
    this.#inRow = 0;
    this.#suspendedUntil = null;
    this.#trial = false;
  }

  get failuresInRow(): number {
    return this.#inRow;
  }

  /** Until when, while it is suspended; null otherwise, and also once the time is over. */
  get suspendedUntil(): Date | null {
    const until = this.#suspendedUntil;
    return until === null || until <= this.#now() ? null : new Date(until);
  }

  get lastError(): { readonly at: Date; readonly message: string } | null {
    return this.#lastError;
  }
}
