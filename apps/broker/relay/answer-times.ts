/** Answers of a target that are remembered, and for how long. */
const mostAnswers = 16;
const rememberedMs = 10 * 60_000;
const mostTargets = 10_000;
/** A host may be so many times as slow as its slowest answer lately. */
const slower = 20;
/** Nobody is hurried more than this: processes wait for their turn. One of whom little is known gets more. */
const leastMs = 400;
const wellKnown = 3;
const leastUnknownMs = 800;

interface Answer {
  readonly at: number;
  readonly ms: number;
}

/** How fast targets confirmed connections lately: what has to be taken for hanging depends on it. */
export class AnswerTimes {
  readonly #now: () => number;
  readonly #answers = new Map<string, Answer[]>();

  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** Books that a target answered within `ms` milliseconds. */
  note(targetId: string, ms: number): void {
    const known = this.#answers.get(targetId);
    if (known) {
      known.push({ at: this.#now(), ms });
      if (known.length > mostAnswers) known.shift();
      return;
    }
    this.#answers.set(targetId, [{ at: this.#now(), ms }]);
    if (this.#answers.size > mostTargets) this.#answers.delete(this.#answers.keys().next().value!);
  }

  /** Milliseconds since the target answered last; Infinity when it is not known to have. */
  quietMs(targetId: string): number {
    return this.#now() - (this.#answers.get(targetId)?.at(-1)?.at ?? Number.NEGATIVE_INFINITY);
  }

  /** Milliseconds after which a target may be taken for hanging: `mostMs`, or less for one that is known to be fast. */
  patienceMs(targetId: string, mostMs: number): number {
    const since = this.#now() - rememberedMs;
    const lately = (this.#answers.get(targetId) ?? []).filter(({ at }) => at > since);
    if (lately.length === 0) return mostMs;
    const slowest = Math.max(...lately.map(({ ms }) => ms));
    const least = lately.length < wellKnown ? leastUnknownMs : leastMs;
    return Math.min(mostMs, Math.max(least, Math.ceil(slowest * slower)));
  }
}
