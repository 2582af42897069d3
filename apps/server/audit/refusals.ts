import type { Actor } from '../http/handlers.ts';

/** What somebody was refused for want of a permission. */
export interface Refusal {
  readonly actor: Extract<Actor, { readonly kind: 'user' }>;
  /** Method and address, with names in place of what stood there. */
  readonly action: string;
  readonly permission: string;
  readonly correlationId: string;
}

/** What is kept of refusals: the first of a minute, and how many followed it in that minute. */
export interface CountedRefusal extends Refusal {
  readonly times: number;
}

const minuteMs = 60_000;
/** Actions of one person that are kept apart within a minute, and people whose refusals are counted. */
const mostActions = 20;
const mostPeople = 1000;
const others = 'other addresses';

interface Open {
  readonly first: Refusal;
  readonly until: number;
  more: number;
}

/**
 * Bounds what refusals leave behind, however many there are: of each person and action two rows a minute, of each person those of 20 actions and of all others
 * together. `now`: milliseconds of a clock that only goes forward.
 */
export class RefusalCounter {
  readonly #people = new Map<string, Map<string, Open>>();

  /** What is to be kept at once, if anything. */
  add(refusal: Refusal, now: number): readonly CountedRefusal[] {
    const person = this.#people.get(refusal.actor.id) ?? new Map<string, Open>();
    const isKnown = person.has(refusal.action) || person.size < mostActions;
    const action = isKnown ? refusal.action : others;
    const open = person.get(action);
    if (open && open.until > now) {
      open.more++;
      return [];
    }
    if (person.size === 0 && this.#people.size >= mostPeople) return [];
    this.#people.set(refusal.actor.id, person);
    const first = { ...refusal, action };
    person.set(action, { first, until: now + minuteMs, more: 0 });
    const before = open && open.more > 0 ? [{ ...open.first, times: open.more }] : [];
    return [...before, { ...first, times: 1 }];
  }

  /** What followed in the minutes that are over by now; all of it at the end of time. */
  take(now: number): readonly CountedRefusal[] {
    const over: CountedRefusal[] = [];
    for (const [id, person] of this.#people) {
      for (const [action, { first, until, more }] of person) {
        if (until > now) continue;
        person.delete(action);
        if (more > 0) over.push({ ...first, times: more });
      }
      if (person.size === 0) this.#people.delete(id);
    }
    return over;
  }
}
