import type { Target } from '@atelier/domain/broker';
import type { RemovedTarget } from '@atelier/plugin-kit/broker';
import type { CandidatesParams, FilterPagesParams, FilterPagesResult } from './protocol.ts';

/** Many decisions see the same candidates: none may change them for the others. */
function freeze(target: Target): Target {
  Object.freeze(target.properties);
  Object.freeze(target.endpoints);
  return Object.freeze(target);
}

/** The pages of candidates that a plug-in's thread keeps, so that they travel once and not with each decision. */
export class GuestCandidates {
  readonly #pages = new Map<number, readonly Target[]>();

  take({ page, targets, from, changes = [] }: CandidatesParams): void {
    const before = from === undefined ? targets : this.#pages.get(from);
    if (!before) throw new Error(`there is no page ${from} of candidates`);
    const now = from === undefined ? before.map(freeze) : before.slice();
    for (const [at, target] of changes) now[at] = freeze(target);
    this.#pages.set(page, now);
  }

  forget(pages: readonly number[]): void {
    for (const page of pages) this.#pages.delete(page);
  }

  /** Asks the filter page by page; null when it passed for all of them. Throws when it removes what is no candidate, as the broker would. */
  async filter(
    pages: FilterPagesParams['pages'],
    ask: (candidates: readonly Target[]) => unknown,
  ): Promise<FilterPagesResult> {
    // All at once: the broker may have others forgotten while the filter works.
    const asked = pages.map(({ page, gone }) => {
      const all = this.#pages.get(page);
      if (!all) throw new Error(`there is no page ${page} of candidates`);
      return { all, gone: new Set(gone) };
    });
    const answers: (FilterPagesResult & object)[number][] = [];
    let passed = true;
    for (const { all, gone } of asked) {
      // A copy, which the filter may sort as it likes.
      const left = gone.size === 0 ? all.slice() : all.filter((_, at) => !gone.has(at));
      const said = left.length === 0 ? undefined : await ask(left);
      if (said !== undefined && said !== null) passed = false;
      answers.push(said === undefined || said === null ? [] : groups(said, all, gone));
    }
    return passed ? null : answers;
  }
}

function groups(
  said: unknown,
  all: readonly Target[],
  gone: ReadonlySet<number>,
): (FilterPagesResult & object)[number] {
  if (!Array.isArray(said)) throw new Error('its answer is none: no list of removed targets');
  if (said.length === 0) return [];
  const places = new Map(all.flatMap(({ name }, at) => (gone.has(at) ? [] : [[name, at] as const])));
  const found = new Map<string, number[]>();
  for (const one of said as readonly (RemovedTarget | null)[]) {
    const { targetName, reason } = one ?? {};
    if (typeof reason !== 'string' || reason === '' || reason.length > 200)
      throw new Error('its answer is none: a reason is a text of 1 to 200 characters');
    const at = places.get(targetName as string);
    if (at === undefined) throw new Error(`it removed ${String(targetName).slice(0, 200)}, which was no candidate`);
    const of = found.get(reason) ?? [];
    found.set(reason, of);
    of.push(at);
  }
  return [...found];
}
