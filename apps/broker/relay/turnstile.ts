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
    await new Promise<void>((resolve) => this.enter(key, resolve));
    try {
      return await work();
    } finally {
      this.leave(key);
    }
  }

  /** Calls `go` when it is its turn, at once when nobody is before it. Whoever went has to leave. */
  enter(key: string, go: () => void): void {
    const here = this.#passages.get(key) ?? this.#open(key);
    if (here.inside >= this.#most) {
      here.queue.push(go);
      return;
    }
    here.inside += 1;
    go();
  }

  /** Makes room for the next one: it goes directly, so that nobody slips in between. */
  leave(key: string): void {
    const here = this.#passages.get(key)!;
    const next = here.queue.shift();
    // In a turn of its own: a thousand who went away meanwhile leave at once, and must not stand on each other's stack.
    if (next) queueMicrotask(next);
    else {
      here.inside -= 1;
      if (here.inside === 0) this.#passages.delete(key);
    }
  }

  #open(key: string): Passage {
    const passage = { inside: 0, queue: [] };
    this.#passages.set(key, passage);
    return passage;
  }
}
