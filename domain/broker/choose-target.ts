import type { LoadBalancingMethod } from './collection.ts';
import type { Target } from './target.ts';
import { targetLoad } from './target-load.ts';
import { canBeStarted, isReady } from './target-state.ts';

/** Order by code points, the same everywhere whatever the locale. */
const byName = (a: Target, b: Target): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** Those that run come before those that must be started first. */
const startCost = (target: Target): number => (isReady(target.state) ? 0 : canBeStarted(target.state) ? 1 : 2);

/**
 * The target with the least weighted load, of those that run if there are any. Among equals the one of greater weight, then the first by name, so that
 * the choice is the same on every broker. Null without candidates.
 */
export function leastConnections(candidates: readonly Target[], pendingPenalty: number): Target | null {
  let best: Target | null = null;
  for (const one of candidates) {
    if (best === null) {
      best = one;
      continue;
    }
    const order =
      startCost(one) - startCost(best) ||
      targetLoad(one, pendingPenalty) - targetLoad(best, pendingPenalty) ||
      best.weight - one.weight ||
      byName(one, best);
    if (order < 0) best = one;
  }
  return best;
}

/** The next by name after the one that was chosen last (null: none yet), round and round. Null without candidates. */
export function roundRobin(candidates: readonly Target[], last: string | null): Target | null {
  let first: Target | null = null;
  let after: Target | null = null;
  for (const one of candidates) {
    if (first === null || byName(one, first) < 0) first = one;
    if (last !== null && one.name > last && (after === null || byName(one, after) < 0)) after = one;
  }
  return after ?? first;
}

/** Chooses by the collection's method. */
export const chooseTarget = (
  candidates: readonly Target[],
  by: { readonly method: LoadBalancingMethod; readonly pendingPenalty: number; readonly last: string | null },
): Target | null =>
  by.method === 'round-robin' ? roundRobin(candidates, by.last) : leastConnections(candidates, by.pendingPenalty);
