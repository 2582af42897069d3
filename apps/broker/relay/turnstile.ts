/** Lets at most `most` through for one key at a time; the others wait in order. */
export class Turnstile {
  readonly #most: number;
  readonly #waiting = new Map<string, { inside: number; queue: (() => void)[] }>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Runs `work` when it is its turn. */
  async pass<Value>(key: string, work: () => Promise<Value>): Promise<Value> {
    const here = this.#waiting.get(key) ?? { inside: 0, queue: [] };
    this.#waiting.set(key, here);
    if (here.inside >= this.#most) await new Promise<void>((resolve) => here.queue.push(resolve));
    else here.inside += 1;
    try {
      return await work();
    } finally {
      // The place goes to the next one directly, so that nobody slips in between.
      const next = here.queue.shift();
      if (next) next();
      else {
        here.inside -= 1;
        if (here.inside === 0) this.#waiting.delete(key);
      }
    }
  }
}
