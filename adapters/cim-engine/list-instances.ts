import type { CimInstance, CimValue, ResolvedClass } from '@atelier/cim';
import type { ListHint, OperationContext } from '@atelier/plugin-kit';
import { fault } from '@atelier/wsman';
import type { CimNamespace, OwnedSource } from './cim-namespace.ts';
import { engineFault, guarded } from './engine-fault.ts';
import { sameValue } from './same-value.ts';

export const everything: ListHint = { properties: null, equals: {} };

/** Classes of a family that have instances of their own. */
export function sourcesOf(
  namespace: CimNamespace,
  type: ResolvedClass,
): readonly (OwnedSource & { readonly type: ResolvedClass })[] {
  return namespace.registry.family(type.name).flatMap((one) => {
    const source = namespace.source(one.name);
    return source ? [{ ...source, type: one }] : [];
  });
}

const fits = (instance: CimInstance, equals: ListHint['equals']): boolean => {
  for (const name in equals) if (!sameValue(instance.values[name], equals[name])) return false;
  return true;
};

/** Instances of a class and of all that inherit from it that have the hint's values, drawn one by one as they are asked for. */
export async function* listInstances(
  namespace: CimNamespace,
  type: ResolvedClass,
  hint: ListHint,
  context: OperationContext,
  exactly = false,
): AsyncGenerator<CimInstance> {
  for (const one of sourcesOf(namespace, type)) {
    if (exactly && one.type !== type) continue;
    try {
      for await (const instance of one.source.list(hint, context)) {
        context.signal.throwIfAborted();
        if (fits(instance, hint.equals)) yield instance;
      }
    } catch (error) {
      context.signal.throwIfAborted();
      throw engineFault(error, 'provider', one.provider);
    }
  }
}

/** An instance and the source it came from. */
export interface FoundInstance extends OwnedSource {
  readonly instance: CimInstance;
  readonly type: ResolvedClass;
}

async function lookUp(
  namespace: CimNamespace,
  one: OwnedSource & { readonly type: ResolvedClass },
  keys: Readonly<Record<string, CimValue>>,
  context: OperationContext,
): Promise<readonly CimInstance[]> {
  const { get } = one.source;
  const complete = one.type.keys.length > 0 && one.type.keys.every((key) => key.name in keys);
  if (get && (complete || one.type.singleton)) {
    const found = await guarded(one.provider, context.signal, () => get.call(one.source, keys, context));
    return found ? [found] : [];
  }
  const found: CimInstance[] = [];
  for await (const instance of listInstances(namespace, one.type, { properties: null, equals: keys }, context, true)) {
    found.push(instance);
    if (found.length > 1) break;
  }
  return found;
}

/**
 * The one instance that keys name, or null. Throws InsufficientSelectors when keys are missing and AmbiguousSelectors when those given fit more
 * than one instance.
 */
export async function findInstance(
  namespace: CimNamespace,
  type: ResolvedClass,
  keys: Readonly<Record<string, CimValue>>,
  context: OperationContext,
): Promise<FoundInstance | null> {
  const none = Object.keys(keys).length === 0;
  // Windows gives the only instance of a class without being told its keys: `winrm get wmicimv2/Win32_OperatingSystem`.
  if (none && !type.singleton) return await onlyInstance(namespace, type, context);
  if (type.keys.some((key) => !(key.name in keys)) && !type.singleton) throw fault('insufficientSelectors');
  const found: FoundInstance[] = [];
  for (const one of sourcesOf(namespace, type))
    for (const instance of await lookUp(namespace, one, keys, context)) {
      found.push({
        provider: one.provider,
        source: one.source,
        instance,
        type: namespace.registry.find(instance.className) ?? one.type,
      });
      if (found.length > 1) throw fault('ambiguousSelectors');
    }
  return found[0] ?? null;
}

/** The instance of a class that has just one; throws InsufficientSelectors when there are more or none. */
async function onlyInstance(
  namespace: CimNamespace,
  type: ResolvedClass,
  context: OperationContext,
): Promise<FoundInstance> {
  const found: FoundInstance[] = [];
  for (const one of sourcesOf(namespace, type))
    for (const instance of await lookUp(namespace, one, {}, context))
      found.push({
        provider: one.provider,
        source: one.source,
        instance,
        type: namespace.registry.find(instance.className) ?? one.type,
      });
  const [only] = found;
  if (!only || found.length > 1) throw fault('insufficientSelectors');
  return only;
}

/** Like `findInstance`, but throws DestinationUnreachable (2150858752) when there is none. */
export async function needInstance(
  namespace: CimNamespace,
  type: ResolvedClass,
  keys: Readonly<Record<string, CimValue>>,
  context: OperationContext,
): Promise<FoundInstance> {
  const found = await findInstance(namespace, type, keys, context);
  if (!found) throw fault('resourceNotFound');
  return found;
}
