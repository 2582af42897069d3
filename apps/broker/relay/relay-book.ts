import { AnswerTimes } from './answer-times.ts';
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
  readonly answers = new AnswerTimes();
  readonly #byTarget = new Map<string, Set<RelayEntry>>();
  readonly #bySession = new Map<string, Set<RelayEntry>>();
  #count = 0;

  constructor(dialsPerTarget: number) {
    this.turnstile = new Turnstile(dialsPerTarget);
  }

  get count(): number {
    return this.#count;
  }

  /** Gives what takes it out again. */
  enter(entry: RelayEntry): () => void {
    put(this.#byTarget, entry.targetId, entry);
    put(this.#bySession, entry.sessionId, entry);
    this.#count += 1;
    return () => {
      if (!take(this.#byTarget, entry.targetId, entry)) return;
      take(this.#bySession, entry.sessionId, entry);
      this.#count -= 1;
    };
  }

  hasSession(sessionId: string): boolean {
    return this.#bySession.has(sessionId);
  }

  hasTarget(targetId: string): boolean {
    return this.#byTarget.has(targetId);
  }

  targetIds(): readonly string[] {
    return [...this.#byTarget.keys()];
  }

  /** Cuts all relays to a target that is lost, so that clients come back at once and are sent elsewhere. */
  cutTarget(targetId: string): number {
    const here = [...(this.#byTarget.get(targetId) ?? [])];
    for (const one of here) one.cut();
    return here.length;
  }

  /** Cuts the relays of one session: its user was disconnected by somebody. */
  cutSession(sessionId: string): void {
    for (const one of [...(this.#bySession.get(sessionId) ?? [])]) one.cut();
  }
}

function put(map: Map<string, Set<RelayEntry>>, key: string, entry: RelayEntry): void {
  const here = map.get(key);
  if (here) here.add(entry);
  else map.set(key, new Set([entry]));
}

function take(map: Map<string, Set<RelayEntry>>, key: string, entry: RelayEntry): boolean {
  const here = map.get(key);
  if (!here?.delete(entry)) return false;
  if (here.size === 0) map.delete(key);
  return true;
}
