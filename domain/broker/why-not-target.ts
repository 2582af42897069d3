import type { Target } from './target.ts';
import { canBeStarted, isReady } from './target-state.ts';

/** Why a target is no candidate for a new session. */
export type WhyNot =
  | { readonly kind: 'other-collection' }
  | { readonly kind: 'excluded' }
  | { readonly kind: 'state'; readonly state: Target['state'] }
  | { readonly kind: 'drain' }
  | { readonly kind: 'single-session' }
  | { readonly kind: 'full'; readonly maxSessions: number }
  | { readonly kind: 'other-owner' };

/** What the rule must know of the request. */
export interface TargetWanted {
  readonly collection: string;
  readonly userId: string;
  /** False for a session that is there: its target may be drained or full. */
  readonly isNewConnection: boolean;
  /** Names that are out of the question, since they did not answer. */
  readonly not?: readonly string[];
}

/** Why this target cannot take the connection; null when it can. Targets that must be started first can. */
export function whyNotTarget(target: Target, wanted: TargetWanted): WhyNot | null {
  if (target.collection !== wanted.collection) return { kind: 'other-collection' };
  if (wanted.not?.includes(target.name)) return { kind: 'excluded' };
  if (!isReady(target.state) && !canBeStarted(target.state)) return { kind: 'state', state: target.state };
  if (target.owner !== null && target.owner !== wanted.userId) return { kind: 'other-owner' };
  if (!wanted.isNewConnection) return null;
  if (target.drain) return { kind: 'drain' };
  const taken = target.numSessions + target.numPendingConnections;
  if (target.singleSession && taken > 0) return { kind: 'single-session' };
  if (target.maxSessions !== null && taken >= target.maxSessions)
    return { kind: 'full', maxSessions: target.maxSessions };
  return null;
}

/** The reason in the words of a decision trace. */
export function whyNotText(why: WhyNot): string {
  switch (why.kind) {
    case 'other-collection':
      return 'is of another collection';
    case 'excluded':
      return 'did not answer';
    case 'state':
      return `is ${why.state}`;
    case 'drain':
      return 'is drained';
    case 'single-session':
      return 'takes one session only, and has it';
    case 'full':
      return 'is full';
    case 'other-owner':
      return 'belongs to somebody else';
  }
}
