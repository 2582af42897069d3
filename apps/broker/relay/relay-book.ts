import { Turnstile } from './turnstile.ts';

/** A relayed connection, as far as others may care. */
export interface RelayEntry {
  readonly sessionId: string;
  readonly targetId: string;
  readonly cut: () => void;
}

/** The relays of this broker, by target. */
export class RelayBook {
  readonly turnstile: Turnstile;
  readonly #byTarget = new Map<string, Set<RelayEntry>>();
  #count = 0;

  constructor(dialsPerTarget: number) {
    this.turnstile = new Turnstile(dialsPerTarget);
  }

  get count(): number {
    return this.#count;
  }

  /** Gives what takes it out again. */
  enter(entry: RelayEntry): () => void {
    const here = this.#byTarget.get(entry.targetId) ?? new Set();
    this.#byTarget.set(entry.targetId, here);
    here.add(entry);
    this.#count += 1;
    return () => {
      if (!here.delete(entry)) return;
      this.#count -= 1;
      if (here.size === 0) this.#byTarget.delete(entry.targetId);
    };
  }

  /** Whether the session is relayed here, by another connection than the one that ended. */
  has(targetId: string, sessionId: string): boolean {
    for (const one of this.#byTarget.get(targetId) ?? []) if (one.sessionId === sessionId) return true;
    return false;
  }

  /** Cuts all relays to a target that is lost, so that clients come back at once and are sent elsewhere. */
  cutTarget(targetId: string): number {
    const here = [...(this.#byTarget.get(targetId) ?? [])];
    for (const one of here) one.cut();
    return here.length;
  }

  /** Cuts the relays of one session: its user was disconnected by somebody. */
  cutSession(sessionId: string): void {
    for (const here of this.#byTarget.values()) for (const one of here) if (one.sessionId === sessionId) one.cut();
  }

  cutAll(): void {
    for (const here of this.#byTarget.values()) for (const one of here) one.cut();
  }
}
