import type { Target } from '@atelier/domain/broker';
import type { RemovedTarget } from '@atelier/plugin-kit/broker';
import { askPlugIn } from './ask-plug-in.ts';
import type { ChainEntry } from './chain-entry.ts';
import { checkRemoved } from './check-result.ts';
import type { Decision } from './decision.ts';

/** Candidates that a filter is given at once. */
export const filterPage = 500;

/** Has every filter take away what it will; each sees what is left, and one that failed for earlier candidates of the decision is not asked again. What is gone is counted in the trace, and is out of the question for the decision. */
export async function filterThrough(
  filters: readonly ChainEntry[],
  decision: Decision,
  candidates: readonly Target[],
): Promise<readonly RemovedTarget[]> {
  if (candidates.length > filterPage)
    throw new Error(`filters get at most ${filterPage} candidates at once, not ${candidates.length}`);
  const all: RemovedTarget[] = [];
  let left = candidates;
  for (const entry of filters) {
    if (left.length === 0) break;
    const { name } = entry.plugIn.plugin;
    if (decision.state.failedFilters.has(name)) continue;
    const given = left;
    const asked = await askPlugIn<readonly RemovedTarget[]>(entry, {
      stage: 'filter',
      decision,
      call: (connection) => entry.plugIn.plugin.filterTargets?.(connection, given, decision.sink),
      check: (value) => checkRemoved(value, given),
      tell: (removed) => `removed ${removed.length} of ${given.length}`,
      below: () => Promise.resolve([]),
    });
    if (asked.kind === 'failed') decision.state.failedFilters.add(name);
    if (asked.kind !== 'decided' || asked.value.length === 0) continue;
    const gone = new Set(asked.value.map((one) => one.targetName));
    left = given.filter((one) => !gone.has(one.name));
    all.push(...asked.value);
  }
  for (const { targetName, reason } of all) {
    decision.trace.removed(reason, targetName);
    decision.state.not.add(targetName);
  }
  return all;
}
