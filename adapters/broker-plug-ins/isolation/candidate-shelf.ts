import type { Target } from '@atelier/domain/broker';
import { changeOf } from '../candidate-listing.ts';
import type { CandidatesParams } from './protocol.ts';

type Page = readonly Target[];

/** Pages that a plug-in keeps at the same time: candidates of a million targets. */
const mostPages = 2000;
/** So many pages in whose place others have come may always be kept. */
const fewSuperseded = 40;

/** Which pages of candidates one start of a plug-in has: each is sent once, and what changes of it afterwards. */
export class CandidateShelf {
  /** In the order of their last use. */
  readonly #numbers = new Map<Page, number>();
  readonly #tell: (method: '$/candidates' | '$/forgetCandidates', params: unknown) => void;
  /** Pages in whose place others have come, the oldest first: only decisions under way need them. */
  #superseded: Page[] = [];
  #next = 1;

  constructor(tell: (method: '$/candidates' | '$/forgetCandidates', params: unknown) => void) {
    this.#tell = tell;
  }

  /** The number by which the plug-in knows the page; it is sent first when it has it not. */
  number(page: Page): number {
    const known = this.#numbers.get(page);
    if (known !== undefined) {
      this.#numbers.delete(page);
      this.#numbers.set(page, known);
      return known;
    }
    const number = this.#next++;
    const change = changeOf(page);
    const from = change ? this.#numbers.get(change.from) : undefined;
    const params: CandidatesParams =
      change && from !== undefined ? { page: number, from, changes: change.changes } : { page: number, targets: page };
    this.#tell('$/candidates', params);
    this.#numbers.set(page, number);
    if (change && from !== undefined) this.#superseded.push(change.from);
    this.#forget();
    return number;
  }

  #forget(): void {
    const present = this.#numbers.size - this.#superseded.length;
    const over = this.#superseded.length - Math.max(fewSuperseded, 2 * present);
    const old = over > 0 ? this.#superseded.splice(0, over + fewSuperseded / 2) : [];
    if (this.#numbers.size > mostPages) old.push(...[...this.#numbers.keys()].slice(0, mostPages / 4));
    const numbers = old.flatMap((page) => this.#numbers.get(page) ?? []);
    for (const page of old) this.#numbers.delete(page);
    if (numbers.length > 0) this.#tell('$/forgetCandidates', { pages: numbers });
  }
}
