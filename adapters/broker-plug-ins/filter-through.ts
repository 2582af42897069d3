import type { Target } from '@atelier/domain/broker';
import type { ClientConnection, RemovedTarget } from '@atelier/plugin-kit/broker';
import { askPlugIn } from './ask-plug-in.ts';
import type { ChainEntry } from './chain-entry.ts';
import { checkRemoved } from './check-result.ts';
import type { Decision } from './decision.ts';

/** Candidates that a filter is given at once. */
export const filterPage = 500;

/** What is left of a page: which of its places are gone. */
export interface LeftPage {
  readonly page: readonly Target[];
  readonly gone: ReadonlySet<number>;
}

/** What a filter removes of one page, by its places. */
export type PageRemovals = readonly { readonly at: number; readonly reason: string }[];

const leftOf = ({ page, gone }: LeftPage): readonly Target[] =>
  gone.size === 0 ? page : page.filter((_, at) => !gone.has(at));

/** Asks a filter page by page, each time with what is left of it. Gives null when it passed for all of them. */
async function askPages(
  entry: ChainEntry,
  connection: ClientConnection,
  pages: readonly LeftPage[],
  decision: Decision,
): Promise<readonly PageRemovals[] | null> {
  const { plugin, isolation } = entry.plugIn;
  const kept = isolation?.filterPages?.(connection, pages, decision.sink);
  if (kept) return await kept;
  let passed = true;
  const all: PageRemovals[] = [];
  for (const one of pages) {
    connection.signal.throwIfAborted();
    const left = leftOf(one);
    const said = left.length === 0 ? undefined : await plugin.filterTargets?.(connection, left, decision.sink);
    if (said === undefined || said === null) {
      all.push([]);
      continue;
    }
    passed = false;
    const reasons = new Map(checkRemoved(said, left).map(({ targetName, reason }) => [targetName, reason]));
    all.push(
      reasons.size === 0
        ? []
        : one.page.flatMap(({ name }, at) => (reasons.has(name) ? [{ at, reason: reasons.get(name)! }] : [])),
    );
  }
  return passed ? null : all;
}

/**
 * Has every filter take away what it will of all pages of candidates, in the time that it has for one decision; each sees what is left. What is gone is
 * counted in the trace, and is out of the question for the decision. Gives what the filters removed together.
 *
 * @param except name of a target that is no candidate: filters do not see it
 */
export async function filterThrough(
  filters: readonly ChainEntry[],
  decision: Decision,
  pages: readonly (readonly Target[])[],
  except?: string,
): Promise<readonly RemovedTarget[]> {
  const lefts = pages.map((page) => ({ page, gone: new Set<number>() }));
  let left = 0;
  for (const { page, gone } of lefts) {
    if (page.length > filterPage)
      throw new Error(`filters get at most ${filterPage} candidates at once, not ${page.length}`);
    const at = except === undefined ? -1 : page.findIndex((one) => one.name === except);
    if (at >= 0) gone.add(at);
    left += page.length - gone.size;
  }
  const all: RemovedTarget[] = [];
  for (const entry of filters) {
    if (left === 0) break;
    const of = left;
    const asked = await askPlugIn<readonly PageRemovals[]>(entry, {
      stage: 'filter',
      decision,
      call: (connection) => askPages(entry, connection, lefts, decision),
      check: (value) => value as readonly PageRemovals[],
      tell: (removed) => `removed ${removed.reduce((sum, one) => sum + one.length, 0)} of ${of}`,
      below: () => Promise.resolve([]),
    });
    if (asked.kind !== 'decided') continue;
    asked.value.forEach((removed, index) => {
      const { page, gone } = lefts[index]!;
      for (const { at, reason } of removed) {
        if (gone.has(at)) continue;
        gone.add(at);
        left -= 1;
        all.push({ targetName: page[at]!.name, reason });
      }
    });
  }
  for (const { targetName, reason } of all) {
    decision.trace.removed(reason, targetName);
    decision.state.not.add(targetName);
  }
  return all;
}
