import type { Target } from './target.ts';

/** What a load is made from. */
export type LoadFigures = Pick<Target, 'numSessions' | 'numPendingConnections' | 'weight'>;

/**
 * (sessions + pending × penalty) / weight × 100: what a target of weight 100 would have. A connection that is pending counts as `pendingPenalty` sessions,
 * since a log-on costs more than a session that is there.
 */
export const targetLoad = (target: LoadFigures, pendingPenalty: number): number =>
  ((target.numSessions + target.numPendingConnections * pendingPenalty) * 100) / target.weight;
