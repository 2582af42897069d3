import type { Target } from '@atelier/domain/broker';
import type { DialFailure } from './dial-target.ts';

/** What of a target is looked at. */
export type LookedAt = Pick<Target, 'id' | 'name' | 'endpoints'>;
type Look = (target: LookedAt, withinMs: number) => Promise<DialFailure | null>;

/** Milliseconds until a target has to answer: as a rule, when it was silent lately, and what of that one needs that is known to be fast. */
export interface LookTimes {
  readonly first: number;
  readonly again: number;
  readonly patienceMs?: (targetId: string, mostMs: number) => number;
}

/** For so long it is known that a target did not answer. */
const rememberedMs = 10_000;
/** What was just found is not asked again: that a target hangs may be known before its user has come as far as the decision. */
const freshMs = { answered: 1000, silent: 2500 };
const mostRemembered = 1000;

/** Whether targets answer, as far as connections found out lately: those who come together look once, and what hung a moment ago gets less time. */
export class TargetLooks {
  readonly #look: Look;
  readonly #times: LookTimes;
  readonly #now: () => number;
  readonly #running = new Map<string, { readonly found: Promise<DialFailure | null>; readonly endsAt: number }>();
  readonly #silent = new Map<string, { readonly name: string; readonly until: number }>();

  constructor(look: Look, times: LookTimes, now = () => performance.now()) {
    this.#look = look;
    this.#times = times;
    this.#now = now;
  }

  /** Why a target does not answer; null when it does. One look serves all who ask meanwhile and within a second. Does not reject. */
  at(target: LookedAt): Promise<DialFailure | null> {
    const known = this.#running.get(target.id);
    if (known && this.#now() < known.endsAt) return known.found;
    const { first, again, patienceMs } = this.#times;
    const mostMs = this.isSilent(target.name) ? again : first;
    const found = this.#look(target, patienceMs?.(target.id, mostMs) ?? mostMs).catch(
      (error: unknown): DialFailure => ({ kind: 'silent', why: String(error) }),
    );
    this.#running.set(target.id, { found, endsAt: Number.POSITIVE_INFINITY });
    found.then((failure) => {
      if (failure) this.note(target);
      else this.#silent.delete(target.id);
      const fresh = failure ? freshMs.silent : freshMs.answered;
      this.#running.set(target.id, { found, endsAt: this.#now() + fresh });
      setTimeout(() => {
        if (this.#running.get(target.id)?.found === found) this.#running.delete(target.id);
      }, fresh).unref();
    });
    return found;
  }

  /** Remembers that a target did not answer, be it a look or a connection that found out. */
  note(target: Pick<Target, 'id' | 'name'>): void {
    this.#silent.delete(target.id);
    this.#silent.set(target.id, { name: target.name, until: this.#now() + rememberedMs });
    if (this.#silent.size > mostRemembered) this.#silent.delete(this.#silent.keys().next().value!);
  }

  /** The names of targets that did not answer lately: places for new sessions only when there is no other. */
  silent(): readonly string[] {
    const now = this.#now();
    for (const [id, { until }] of this.#silent) if (until <= now) this.#silent.delete(id);
    return [...this.#silent.values()].map(({ name }) => name);
  }

  isSilent(name: string): boolean {
    return this.silent().includes(name);
  }
}
