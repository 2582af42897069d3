import type { DecisionTrace } from './decision-trace.ts';
import type { Target } from './target.ts';
import { type TargetWanted, whyNotTarget, whyNotText } from './why-not-target.ts';

/** Names that a trace keeps as examples of each reason, and reasons that it keeps. */
export const mostExamples = 5;
export const mostReasons = 50;

/** What removed candidates, counted by reason. */
export type Removals = DecisionTrace['removed'];

/** Counts one more. Reasons beyond the bound are counted together as `other`. */
export function countRemoval(removals: Removals, reason: string, targetName: string): Removals {
  const known = removals.some((one) => one.reason === reason);
  const key = known || removals.length < mostReasons - 1 ? reason : 'other';
  const found = removals.find((one) => one.reason === key);
  if (!found) return [...removals, { reason: key, count: 1, examples: [targetName] }];
  return removals.map((one) =>
    one === found
      ? {
          ...one,
          count: one.count + 1,
          examples: one.examples.length < mostExamples ? [...one.examples, targetName] : one.examples,
        }
      : one,
  );
}

/** The targets that can take the connection, and what removed the others. */
export function removeTargets(
  targets: readonly Target[],
  wanted: TargetWanted,
  /** Reasons of the administrator's or of filters; null when there is none. */
  filter: (target: Target) => string | null = () => null,
): { readonly candidates: readonly Target[]; readonly removed: Removals } {
  const candidates: Target[] = [];
  const counted = new Map<string, { count: number; readonly examples: string[] }>();
  for (const target of targets) {
    const why = whyNotTarget(target, wanted);
    const said = why === null ? filter(target) : whyNotText(why);
    if (said === null) {
      candidates.push(target);
      continue;
    }
    const reason = counted.has(said) || counted.size < mostReasons - 1 ? said : 'other';
    const one = counted.get(reason) ?? { count: 0, examples: [] };
    counted.set(reason, one);
    one.count += 1;
    if (one.examples.length < mostExamples) one.examples.push(target.name);
  }
  return { candidates, removed: [...counted].map(([reason, one]) => ({ reason, ...one })) };
}
