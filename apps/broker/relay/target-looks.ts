import type { Target } from '@atelier/domain/broker';
import type { DialFailure } from './dial-target.ts';

/** What of a target is looked at. */
export type LookedAt = Pick<Target, 'id' | 'name' | 'endpoints'>;
type Look = (target: LookedAt, confirmMs: number) => Promise<DialFailure | null>;

/** For so long it is known that a target did not answer. */
const rememberedMs = 10_000;
/** What was just found is not asked again. */
const freshMs = 1000;
const mostRemembered = 1000;

/** Whether targets answer, as far as connections found out lately: those who come together look once, and what hung a moment ago gets less time. */
export class TargetLooks {
  readonly #look: Look;
  readonly #times: { readonly first: number; readonly again: number };
  readonly #now: () => number;
  readonly #running = new Map<string, { readonly found: Promise<DialFailure | null>; readonly endsAt: number }>();
  readonly #silent = new Map<string, { readonly name: string; readonly until: number }>();

  /** `times`: milliseconds until a target that took the connection has to confirm it: as a rule, and when it was silent lately. */
  constructor(look: Look, times: { readonly first: number; readonly again: number }, now = () => performance.now()) {
    this.#look = look;
    this.#times = times;
    this.#now = now;
  }

  /** Why a target does not answer; null when it does. One look serves all who ask meanwhile and within a second. Does not reject. */
  at(target: LookedAt): Promise<DialFailure | null> {
    const known = this.#running.get(target.id);
    if (known && this.#now() < known.endsAt) return known.found;
    const confirmMs = this.isSilent(target.name) ? this.#times.again : this.#times.first;
    const found = this.#look(target, confirmMs).catch(
      (error: unknown): DialFailure => ({ kind: 'silent', why: String(error) }),
    );
    this.#running.set(target.id, { found, endsAt: Number.POSITIVE_INFINITY });
    found.then((failure) => {
      if (failure) this.note(target);
      else this.#silent.delete(target.id);
      const endsAt = this.#now() + freshMs;
      this.#running.set(target.id, { found, endsAt });
      setTimeout(() => {
        if (this.#running.get(target.id)?.found === found) this.#running.delete(target.id);
      }, freshMs).unref();
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
