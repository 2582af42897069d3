import {
  type CimClass,
  type CimInstance,
  type CimValue,
  type ClassRegistry,
  createClassRegistry,
  keyText,
  type ResolvedClass,
} from '@atelier/cim';
import type { CimProvider, CimSource } from '../src/cim-provider.ts';
import { checkInstance } from './check-instance.ts';
import type { Finding } from './finding.ts';
import { late, trialContext, within } from './trial.ts';

export interface ConformanceOptions {
  /** Classes that other providers of the namespace bring, e.g. superclasses of root/cimv2. */
  readonly besides?: readonly CimClass[];
  /** Instances that are looked at of each class. */
  readonly instances?: number;
  /** Milliseconds that a source may take to its first instance, and to end after it was aborted. */
  readonly patience?: number;
}

interface Subject {
  readonly type: ResolvedClass;
  readonly source: CimSource;
  readonly registry: ClassRegistry;
  readonly limit: number;
  readonly patience: number;
}

type Say = (severity: Finding['severity'], message: string) => void;

/** Draws instances, at most so many, and ends the source before it is through. */
async function draw({ source, limit, patience }: Subject, say: Say): Promise<readonly CimInstance[]> {
  const end = new AbortController();
  const found: CimInstance[] = [];
  const list = source.list({ properties: null, equals: {} }, trialContext(end.signal));
  const iterator: AsyncIterator<CimInstance> | Iterator<CimInstance> =
    Symbol.asyncIterator in list ? list[Symbol.asyncIterator]() : list[Symbol.iterator]();
  while (found.length < limit) {
    const next = await within(Promise.resolve(iterator.next()), patience);
    if (next === late) {
      say('error', `list takes more than ${patience} ms to give an instance`);
      break;
    }
    if (next.done) return found;
    found.push(next.value);
  }
  end.abort();
  // A generator may end by throwing the abort; what must not happen is that it goes on.
  const ended = await within(
    Promise.resolve(iterator.return?.()).catch(() => undefined),
    patience,
  );
  if (ended === late) say('error', `list does not end within ${patience} ms when it is aborted`);
  return found;
}

async function checkGet(
  { type, source, patience }: Subject,
  instances: readonly CimInstance[],
  say: Say,
): Promise<void> {
  const { get } = source;
  if (!get || type.singleton) return;
  const keysOf = (one: CimInstance): Record<string, CimValue> =>
    Object.fromEntries(type.keys.map((key) => [key.name, one.values[key.name] ?? null]));
  const ask = (keys: Record<string, CimValue>) =>
    within(get.call(source, keys, trialContext(new AbortController().signal)), patience);
  for (const one of instances.slice(0, 3)) {
    const found = await ask(keysOf(one));
    if (found === late) say('error', `get takes more than ${patience} ms`);
    // What lives may be gone in between: that is a warning only.
    else if (found === null) say('warning', 'get does not find an instance that list gave');
    else if (
      type.keys.some(
        (key) => keyText(found.values[key.name]).toLowerCase() !== keyText(one.values[key.name]).toLowerCase(),
      )
    )
      say('error', 'get gives an instance with other keys than were asked for');
  }
  if (type.keys.length === 0 || type.keys.some((key) => key.type !== 'string')) return;
  const none = await ask(Object.fromEntries(type.keys.map((key) => [key.name, 'there-is-none-of-this-name'])));
  if (none !== null && none !== late) say('error', 'get gives an instance for keys that nothing has');
}

async function checkSource(subject: Subject, say: Say): Promise<void> {
  const { type, source, registry } = subject;
  if (type.abstract) say('error', 'an abstract class has a source');
  if (type.keys.length === 0 && !type.singleton && !type.isA('__Event'))
    say('error', 'the class has neither keys nor is it a singleton');
  if (type.methods.length > 0 && !source.invoke) say('error', 'the class has methods, but its source has no invoke');
  if (type.properties.some((one) => one.writable) && !source.put)
    say('warning', 'properties are writable, but the source has no put');
  let instances: readonly CimInstance[];
  try {
    instances = await draw(subject, say);
  } catch (error) {
    say('error', `list fails: ${(error as Error).message}`);
    return;
  }
  for (const complaint of new Set(instances.flatMap((one) => checkInstance(one, type, registry))))
    say('error', complaint);
  if (type.singleton && instances.length > 1) say('error', 'a singleton has several instances');
  const identities = instances.map((one) =>
    type.keys
      .map((key) => keyText(one.values[key.name]))
      .join('\n')
      .toLowerCase(),
  );
  const plain = type.keys.every((key) => key.type !== 'reference');
  if (plain && !type.singleton && new Set(identities).size < identities.length)
    say('error', 'two instances have the same keys');
  try {
    await checkGet(subject, instances, say);
  } catch (error) {
    say('error', `get fails: ${(error as Error).message}`);
  }
}

/**
 * Checks a provider as the engine will use it: its classes, and for each source what it lists, finds, and how it ends. Calls no methods and changes
 * nothing. Gives all findings; none means that the provider is fit.
 */
export async function checkProvider(
  provider: CimProvider,
  options: ConformanceOptions = {},
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const about =
    (className: string | null): Say =>
    (severity, message) => {
      findings.push({ severity, className, message });
    };
  const say = about(null);
  if (!/^root(\/[\w.-]{1,64})+$/i.test(provider.namespace))
    say('error', `"${provider.namespace}" is no namespace such as root/name`);
  let registry: ClassRegistry;
  try {
    const own = new Set(provider.classes.map((one) => one.name.toLowerCase()));
    registry = createClassRegistry([
      ...provider.classes,
      ...(options.besides ?? []).filter((one) => !own.has(one.name.toLowerCase())),
    ]);
  } catch (error) {
    say('error', (error as Error).message);
    return findings;
  }
  for (const one of provider.classes)
    if (!one.name.includes('_')) about(one.name)('warning', 'names of classes begin with a schema, e.g. Acme_Thing');
  try {
    await provider.start?.();
    for (const [name, source] of Object.entries(provider.sources)) {
      const type = registry.find(name);
      if (!type) about(name)('error', 'there is a source for a class that is not declared');
      else
        await checkSource(
          { type, source, registry, limit: options.instances ?? 50, patience: options.patience ?? 5000 },
          about(name),
        );
    }
  } finally {
    await provider.stop?.();
  }
  return findings;
}
