import { setTimeout as wait } from 'node:timers/promises';
import { type CimInstance, keyText, objectPathText, type ResolvedClass } from '@atelier/cim';
import type { CimChange, OperationContext } from '@atelier/plugin-kit';
import { fault } from '@atelier/wsman';
import type { CimNamespace, OwnedSource } from './cim-namespace.ts';
import { engineFault } from './engine-fault.ts';
import type { EventQueue } from './event-queue.ts';
import { cimReferenceTo } from './instance-reference.ts';
import { everything, listInstances, sourcesOf } from './list-instances.ts';
import { sameExactly } from './same-value.ts';

/** Looks in a row that may fail before a subscription is given up. */
const patience = 3;

const identity = (instance: CimInstance, type: ResolvedClass): string => {
  const values = type.keys.map((key) => {
    const value = instance.values[key.name];
    return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'reference'
      ? objectPathText(value)
      : keyText(value);
  });
  return `${objectPathText(cimReferenceTo(instance, type))}\n${values.join('\n')}`.toLowerCase();
};

async function snapshot(
  namespace: CimNamespace,
  type: ResolvedClass,
  context: OperationContext,
): Promise<Map<string, CimInstance>> {
  const found = new Map<string, CimInstance>();
  for await (const one of listInstances(namespace, type, everything, context, true))
    found.set(identity(one, type), one);
  return found;
}

/** What changed between two looks. */
export function* compareSnapshots(
  before: ReadonlyMap<string, CimInstance>,
  after: ReadonlyMap<string, CimInstance>,
): Generator<CimChange> {
  for (const [key, instance] of after) {
    const previous = before.get(key);
    if (!previous) yield { kind: 'created', instance };
    else if (!sameExactly(previous, instance)) yield { kind: 'modified', instance, previous };
  }
  for (const [key, instance] of before) if (!after.has(key)) yield { kind: 'deleted', instance };
}

async function poll(
  namespace: CimNamespace,
  type: ResolvedClass,
  milliseconds: number,
  context: OperationContext,
  queue: EventQueue<CimChange>,
): Promise<void> {
  let before = await snapshot(namespace, type, context);
  for (let failures = 0; ; ) {
    await wait(milliseconds, undefined, { signal: context.signal });
    try {
      const after = await snapshot(namespace, type, context);
      for (const change of compareSnapshots(before, after)) queue.push(change);
      before = after;
      failures = 0;
    } catch (error) {
      context.signal.throwIfAborted();
      if (++failures >= patience) throw error;
    }
  }
}

async function follow(one: OwnedSource, context: OperationContext, queue: EventQueue<CimChange>): Promise<void> {
  try {
    for await (const change of one.source.watch!(context)) queue.push(change);
  } catch (error) {
    context.signal.throwIfAborted();
    throw engineFault(error, 'provider', one.provider);
  }
}

/**
 * Puts changes of a class's instances into a queue until the context is aborted: from sources that watch, else by looking every `milliseconds`.
 * Throws CannotProcessFilter when somebody must look but the query does not say how often.
 */
export function watchInstances(
  namespace: CimNamespace,
  type: ResolvedClass,
  milliseconds: number | null,
  context: OperationContext,
  queue: EventQueue<CimChange>,
): void {
  const sources = sourcesOf(namespace, type);
  if (milliseconds === null && sources.some((one) => !one.source.watch))
    throw fault('enumerateCannotProcessFilter', {
      reason: `events of ${type.name} need WITHIN and a number of seconds`,
    });
  for (const one of sources) {
    const work = one.source.watch
      ? follow(one, context, queue)
      : poll(namespace, one.type, milliseconds!, context, queue);
    work.catch((error: unknown) => {
      if (!context.signal.aborted) queue.fail(error);
    });
  }
}
