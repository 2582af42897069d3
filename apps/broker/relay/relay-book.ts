import { AnswerTimes } from './answer-times.ts';
import type { Splice } from './splice.ts';
import { Turnstile } from './turnstile.ts';

/** A relayed connection, as far as others may care. */
export interface RelayEntry {
  readonly sessionId: string;
  readonly targetId: string;
  readonly between: Pick<Splice, 'toClient' | 'begun' | 'cut'>;
  /** Called once when it turns out to be a session. */
  settled(): void;
}

/** A host that takes a log-on sends a picture; certificates and refusals are shorter. */
export const pictureBytes = 16_384;
/** A connection that lives this long is a session, however little was sent. */
const settledMs = 3000;
const lookEveryMs = 250;

/** The relays of this broker, by target. */
export class RelayBook {
  readonly turnstile: Turnstile;
  readonly answers = new AnswerTimes();
  readonly #byTarget = new Map<string, Set<RelayEntry>>();
  /** Few have more than one, and only for a moment: a second client takes a session over. */
  readonly #bySession = new Map<string, readonly RelayEntry[]>();
  readonly #unsettled = new Set<RelayEntry>();
  #looking: NodeJS.Timeout | null = null;
  #count = 0;

  constructor(dialsPerTarget: number) {
    this.turnstile = new Turnstile(dialsPerTarget);
  }

  get count(): number {
    return this.#count;
  }

  enter(entry: RelayEntry): void {
    const here = this.#byTarget.get(entry.targetId);
    if (here) here.add(entry);
    else this.#byTarget.set(entry.targetId, new Set([entry]));
    const same = this.#bySession.get(entry.sessionId);
    this.#bySession.set(entry.sessionId, same ? [...same, entry] : [entry]);
    this.#count += 1;
    this.#unsettled.add(entry);
    this.#looking ??= setInterval(() => this.#look(), lookEveryMs).unref();
  }

  leave(entry: RelayEntry): void {
    const here = this.#byTarget.get(entry.targetId);
    if (!here?.delete(entry)) return;
    if (here.size === 0) this.#byTarget.delete(entry.targetId);
    const same = this.#bySession.get(entry.sessionId)!;
    if (same.length === 1) this.#bySession.delete(entry.sessionId);
    else
      this.#bySession.set(
        entry.sessionId,
        same.filter((one) => one !== entry),
      );
    this.#count -= 1;
    this.#unsettled.delete(entry);
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
    for (const one of here) one.between.cut();
    return here.length;
  }

  /** Cuts the relays of one session: its user was disconnected by somebody. */
  cutSession(sessionId: string): void {
    for (const one of this.#bySession.get(sessionId) ?? []) one.between.cut();
  }

  /** One timer for all relays that are no sessions yet: most of those that end soon never become one. */
  #look(): void {
    const latest = performance.now() - settledMs;
    for (const one of this.#unsettled) {
      if (one.between.toClient <= pictureBytes && one.between.begun > latest) continue;
      this.#unsettled.delete(one);
      one.settled();
    }
    if (this.#unsettled.size > 0) return;
    clearInterval(this.#looking!);
    this.#looking = null;
  }
}
