import { disown, own, type Wire, type WireOwner } from '../wire.ts';

/** What went through, in bytes, and who ended it. */
export interface SpliceEnd {
  readonly endedBy: 'client' | 'target';
  /** The side that ended it did so by an error: reset, timed out. */
  readonly broken: boolean;
  readonly toClient: number;
  readonly toTarget: number;
  readonly ms: number;
}

/** A splice under way. */
export interface Splice {
  readonly toClient: number;
  /** On the clock of `performance.now()`. */
  readonly begun: number;
  readonly done: Promise<SpliceEnd>;
  cut(): void;
}

/** After one side said its last, the other has this long. */
const lingerMs = 5000;

/**
 * Carries bytes between two wires without looking at them: a side that does not take them stops the other from being read. Half-closes are passed
 * on. Nothing is kept but what the kernel gave last. Both are open, paused and of one kind.
 */
export function splice(
  client: Wire,
  target: Wire,
  first: { readonly toClient: Buffer; readonly toTarget: Buffer },
): Splice {
  const between = new Between(client, target);
  own(client, between);
  own(target, between);
  client.resume();
  target.resume();
  if (first.toTarget.length > 0) between.data(client, first.toTarget);
  if (first.toClient.length > 0) between.data(target, first.toClient);
  return between;
}

const cut = (between: Between) => between.cut();

class Between implements Splice, WireOwner {
  readonly begun = performance.now();
  readonly done: Promise<SpliceEnd>;
  toClient = 0;
  readonly #client: Wire;
  readonly #target: Wire;
  #toTarget = 0;
  #endedBy: SpliceEnd['endedBy'] | null = null;
  #broken = false;
  #linger: NodeJS.Timeout | undefined;
  #open = 2;
  #resolve!: (end: SpliceEnd) => void;

  constructor(client: Wire, target: Wire) {
    this.#client = client;
    this.#target = target;
    this.done = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  data(from: Wire, bytes: Buffer): void {
    const client = this.#client;
    const target = this.#target;
    if (from === client) {
      this.#toTarget += bytes.length;
      if (!target.write(bytes)) client.pause();
    } else {
      this.toClient += bytes.length;
      if (!client.write(bytes)) target.pause();
    }
  }

  drained(from: Wire): void {
    this.#other(from).resume();
  }

  ended(from: Wire): void {
    this.#ending(from, false);
    const to = this.#other(from);
    // When the other side has said its last and was told all, there is nothing left but to hang up.
    if (to.readableEnded && to.writableLength === 0) to.destroy();
    else to.end();
    this.#linger ??= setTimeout(cut, lingerMs, this);
  }

  closed(from: Wire, hadError: boolean): void {
    this.#ending(from, hadError);
    const to = this.#other(from);
    // What is still to be written goes out first, unless the other side is broken too.
    if (hadError) to.destroy();
    else if (!to.writableEnded) to.end();
    this.#linger ??= setTimeout(cut, lingerMs, this);
    this.#open -= 1;
    if (this.#open > 0) return;
    clearTimeout(this.#linger);
    // Node's half of a closed socket outlives many collections: we must not stay with it.
    disown(this.#client);
    disown(this.#target);
    this.#resolve({
      endedBy: this.#endedBy ?? 'client',
      broken: this.#broken,
      toClient: this.toClient,
      toTarget: this.#toTarget,
      ms: performance.now() - this.begun,
    });
  }

  cut(): void {
    this.#client.destroy();
    this.#target.destroy();
  }

  #other(from: Wire): Wire {
    return from === this.#client ? this.#target : this.#client;
  }

  #ending(from: Wire, hadError: boolean): void {
    if (this.#endedBy !== null) return;
    this.#endedBy = from === this.#client ? 'client' : 'target';
    this.#broken = hadError;
  }
}
