interface Passage {
  inside: number;
  readonly queue: (() => void)[];
}

/** Lets at most `most` through for one key at a time; the others wait in order. */
export class Turnstile {
  readonly #most: number;
  readonly #passages = new Map<string, Passage>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Runs `work` when it is its turn. */
  async pass<Value>(key: string, work: () => Promise<Value>): Promise<Value> {
    const here = this.#passages.get(key) ?? this.#open(key);
    if (here.inside >= this.#most) await new Promise<void>((resolve) => here.queue.push(resolve));
    else here.inside += 1;
    try {
      return await work();
    } finally {
      this.#leave(key, here);
    }
  }

  #open(key: string): Passage {
    const passage = { inside: 0, queue: [] };
    this.#passages.set(key, passage);
    return passage;
  }

  #leave(key: string, here: Passage): void {
    // The place goes to the next one directly, so that nobody slips in between.
    const next = here.queue.shift();
    if (next) next();
    else {
      here.inside -= 1;
      if (here.inside === 0) this.#passages.delete(key);
    }
  }
}
