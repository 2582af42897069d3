import { type LoadBalanceResult, type Target, whyNotTarget, whyNotText } from '@atelier/domain/broker';
import {
  type Environment,
  environmentSchema,
  loadBalanceResultSchema,
  type PreparedTarget,
  preparedTargetSchema,
  type RemovedTarget,
  removedTargetsSchema,
} from '@atelier/plugin-kit/broker';
import type { z } from 'zod';
import type { Decision } from './decision.ts';

/** A plug-in answered something that the broker cannot use. */
export class BadResultError extends Error {
  override readonly name = 'BadResultError';
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new BadResultError(`its answer is none: ${issue?.path.join('.') || 'value'}: ${issue?.message ?? 'unknown'}`);
}

/** Gives the result if it is one, names a target of the collection that can take the connection, or a foreign machine that it may name. Throws BadResultError. */
export async function checkLoadBalanceResult(
  value: unknown,
  decision: Decision,
  { allowExternal }: { readonly allowExternal: boolean },
  findTarget: (name: string) => Promise<Target | null>,
): Promise<LoadBalanceResult> {
  const result = parse(loadBalanceResultSchema, value);
  if (result.external) {
    if (allowExternal) return result;
    throw new BadResultError('it names a machine that is no target, which its manifest does not allow it');
  }
  const target = await findTarget(result.targetName);
  if (!target) throw new BadResultError(`there is no target ${result.targetName}`);
  const why = whyNotTarget(target, {
    collection: decision.collection.name,
    userId: decision.connection.userId,
    isNewConnection: result.isNewConnection,
  });
  if (why) throw new BadResultError(`the target ${result.targetName} ${whyNotText(why)}`);
  if (decision.state.not.has(result.targetName))
    throw new BadResultError(`the target ${result.targetName} was removed before`);
  return result;
}

/** Gives the environment if it is one. */
export const checkEnvironment = (value: unknown): Environment => parse(environmentSchema, value);

/** Gives what was prepared if it is the target that was asked for. */
export function checkPrepared(value: unknown, target: Target): PreparedTarget {
  const prepared = parse(preparedTargetSchema, value);
  if (prepared.targetName === target.name) return prepared;
  throw new BadResultError(`it prepared ${prepared.targetName}, not ${target.name}`);
}

/** Gives what a filter removed, if all of it were candidates. */
export function checkRemoved(value: unknown, candidates: readonly Target[]): readonly RemovedTarget[] {
  const removed = parse(removedTargetsSchema, value);
  const names = new Set(candidates.map((one) => one.name));
  const strange = removed.find((one) => !names.has(one.targetName));
  if (strange) throw new BadResultError(`it removed ${strange.targetName}, which was no candidate`);
  return removed;
}
